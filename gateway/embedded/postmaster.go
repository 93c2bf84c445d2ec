package embedded

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// postmaster is what the server writes about itself into its data folder.
type postmaster struct {
	pid    int
	port   int
	socket string // folder of the socket; empty without one
	ready  bool
}

// readPostmaster reads data/postmaster.pid (pid, folder, start time, port, socket folder, address,
// shared memory key, status: one line each); false means that there is none or it is still short.
func readPostmaster(data string) (postmaster, bool) {
	text, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return postmaster{}, false
	}
	lines := strings.Split(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(lines[0]))
	if err != nil || pid <= 0 {
		return postmaster{}, false
	}
	p := postmaster{pid: pid}
	if len(lines) > 4 {
		p.port, _ = strconv.Atoi(strings.TrimSpace(lines[3]))
		p.socket = strings.TrimSpace(lines[4])
	}
	p.ready = len(lines) > 7 && strings.TrimSpace(lines[7]) == "ready"
	return p, true
}

// alive reports whether the process of the file is a server over this data folder. Process ids are
// reused, so where the system tells (Linux) the process must also stand in the folder. When in
// doubt it is alive: two servers over one folder would destroy it.
func (p postmaster) alive(data string) bool {
	if !exists(p.pid) {
		return false
	}
	proc := filepath.Join("/proc", strconv.Itoa(p.pid))
	cwd, err := os.Readlink(filepath.Join(proc, "cwd"))
	switch {
	case err == nil:
		real, err := filepath.EvalSymlinks(data)
		return err != nil || cwd == real
	case errors.Is(err, os.ErrNotExist):
		return !hasProc() // gone, or a zombie that only waits to be collected
	}
	name, err := os.ReadFile(filepath.Join(proc, "comm"))
	return err != nil || strings.HasPrefix(string(name), "postgres")
}

// hasProc reports whether the system shows its processes as files.
func hasProc() bool {
	_, err := os.Stat("/proc/self/cwd")
	return err == nil
}

// probe asks whether the server of this state takes our password and works on our data folder; nil means yes.
func (s state) probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.url("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var folder string
	if err := conn.QueryRow(ctx, "SHOW data_directory").Scan(&folder); err != nil {
		return err
	}
	theirs, err := os.Stat(folder)
	if err != nil {
		return err
	}
	ours, err := os.Stat(s.data())
	if err == nil && !os.SameFile(theirs, ours) {
		err = errors.New("the server works on another data folder")
	}
	return err
}

// hasSQLState reports whether err is the server's, with one of the codes.
func hasSQLState(err error, codes ...string) bool {
	var reply *pgconn.PgError
	return errors.As(err, &reply) && slices.Contains(codes, reply.Code)
}
