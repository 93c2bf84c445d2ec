package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// files is the province's store of papers: a ministry's portal wants the files
// themselves. Every address below it is a paper.
type files struct {
	address string // http://host:port
	ln      net.Listener
}

func listenFiles() (*files, error) {
	ln, err := net.Listen("tcp", anyPort)
	if err != nil {
		return nil, err
	}
	return &files{address: "http://" + ln.Addr().String(), ln: ln}, nil
}

// run serves until the context ends.
func (f *files) run(ctx context.Context) error {
	server := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/pdf")
		_, _ = fmt.Fprintf(w, "%%PDF-1.4 of %s", r.URL.Path) // the reader may have left
	})}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()
	if err := server.Serve(f.ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
