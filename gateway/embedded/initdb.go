package embedded

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/lienthong/lienthong/internal/fault"
)

// ensureData makes the data folder unless it is there. It is made under another name and renamed
// when it is whole, so that a run that was killed in the middle leaves nothing that looks usable.
func (c *Cluster) ensureData(ctx context.Context) error {
	const op = "embedded.ensureData"
	data := c.state.data()
	_, err := os.Stat(filepath.Join(data, "PG_VERSION"))
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap(err, fault.Unavailable, op)
	}
	fresh := data + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return fault.Wrap(err, fault.Unavailable, op)
	}
	if c.opts.CopyFrom == "" {
		err = c.initdb(ctx, fresh)
	} else {
		err = c.copyData(ctx, fresh)
	}
	if err != nil {
		return err
	}
	if err := os.Rename(fresh, data); err != nil || c.opts.Volatile {
		return fault.Wrap(err, fault.Unavailable, op)
	}
	return fault.Wrap(syncFolder(c.state.home()), fault.Unavailable, op)
}

// syncFolder makes a rename in the folder durable.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// initdb makes an empty cluster: UTF-8, byte order for sorting (the same on every machine; the
// console sorts names by Vietnamese rules itself) and passwords checked by SCRAM on every way in.
func (c *Cluster) initdb(ctx context.Context, dir string) error {
	const op = "embedded.initdb"
	secret, err := c.passwordFile()
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(secret) }()
	args := []string{
		"-D", dir, "-U", superuser, "-E", "UTF8", "--locale=C",
		"-A", "scram-sha-256", "--pwfile=" + secret, "--no-instructions",
	}
	if c.opts.Volatile {
		args = append(args, "--no-sync", "--wal-segsize=1")
	}
	return fault.Wrap(c.account.run(ctx, filepath.Join(c.bin.Dir, "initdb"), args...), fault.Unavailable, op)
}

// passwordFile writes the password where initdb, under its own user, can read it.
func (c *Cluster) passwordFile() (string, error) {
	const op = "embedded.passwordFile"
	file, err := os.CreateTemp(c.state.home(), "password-") // 0600
	if err != nil {
		return "", fault.Wrap(err, fault.Unavailable, op)
	}
	_, err = file.WriteString(c.state.Password + "\n")
	if err = errors.Join(err, file.Close(), c.account.own(file.Name())); err != nil {
		_ = os.Remove(file.Name())
		return "", fault.Wrap(err, fault.Unavailable, op)
	}
	return file.Name(), nil
}

// copyData copies the data folder of the stopped cluster that CopyFrom names.
func (c *Cluster) copyData(ctx context.Context, dir string) error {
	const op = "embedded.copyData"
	origin, err := readState(c.opts.CopyFrom)
	if err != nil {
		return err
	}
	source := origin.data()
	if _, err := os.Stat(filepath.Join(source, "postmaster.pid")); err == nil {
		return fault.New(fault.Unavailable, op, "the cluster to copy is running or was not stopped cleanly")
	}
	err = filepath.WalkDir(source, func(path string, entry fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(source, path)
		if err != nil {
			return err
		}
		return c.copyEntry(path, filepath.Join(dir, rel), entry)
	})
	return fault.Wrap(err, fault.Unavailable, op)
}

// copyEntry copies one folder or file with the permissions that PostgreSQL insists on.
func (c *Cluster) copyEntry(from, to string, entry fs.DirEntry) error {
	switch {
	case entry.IsDir():
		if err := os.Mkdir(to, 0o700); err != nil {
			return err
		}
	case entry.Type().IsRegular():
		if err := copyFile(from, to); err != nil {
			return err
		}
	default:
		return fault.New(fault.Unavailable, "embedded.copyEntry", "the cluster to copy holds a link: "+entry.Name())
	}
	return c.account.own(to)
}

func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = target.ReadFrom(source) // copy_file_range where the system has it
	return errors.Join(err, target.Close())
}
