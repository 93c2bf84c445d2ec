package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/lienthong/lienthong/internal/fault"
)

// ServerOptions are the settings of a [Server]; the zero value is good.
type ServerOptions struct {
	Header time.Duration // for the header of a request; default 10 s
	Idle   time.Duration // between two requests of a connection; default 2 min
	Grace  time.Duration // for what runs when the server stops; default 40 s, longer than a commit takes
	Logger *slog.Logger  // nil: silent
}

// Server serves an [API] on a listener.
type Server struct {
	api   *API
	http  *http.Server
	grace time.Duration
	log   *slog.Logger
}

// maxHeader is the most bytes of a request's header.
const maxHeader = 64 << 10

// NewServer returns a server; it works while Run does.
func NewServer(api *API, o ServerOptions) *Server {
	orElse := func(d, otherwise time.Duration) time.Duration {
		if d > 0 {
			return d
		}
		return otherwise
	}
	log := o.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Server{
		api: api, grace: orElse(o.Grace, 40*time.Second), log: log,
		http: &http.Server{
			Handler:           api,
			ReadHeaderTimeout: orElse(o.Header, 10*time.Second),
			IdleTimeout:       orElse(o.Idle, 2*time.Minute),
			MaxHeaderBytes:    maxHeader,
			ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug), // mostly strangers who speak no HTTP
		},
	}
}

// Run serves until ctx ends, then lets what runs come to its end, at most for
// the grace time. It closes the listener and returns nil after a clean stop.
func (s *Server) Run(ctx context.Context, l net.Listener) error {
	const op = "httpapi.Server"
	served := make(chan error, 1)
	go func() { served <- s.http.Serve(l) }()
	select {
	case err := <-served:
		return fault.Wrap(err, fault.Unavailable, op)
	case <-ctx.Done():
	}
	s.api.StopWaiting()
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.grace)
	defer cancel()
	err := s.http.Shutdown(grace)
	if err != nil {
		s.log.Warn("requests were cut off at the stop", "grace", s.grace)
		err = errors.Join(err, s.http.Close())
	}
	if ended := <-served; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return fault.Wrap(err, fault.Unavailable, op)
}
