package config

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/lienthong/lienthong/internal/fault"
)

// Secret returns the content of a file or of an environment variable, without
// white space around it. The error has code Usage and names neither content nor value.
func Secret(file, variable string, getenv func(string) string) (string, error) {
	const op = "config.Secret"
	if variable != "" {
		if v := strings.TrimSpace(getenv(variable)); v != "" {
			return v, nil
		}
		return "", fault.New(fault.Usage, op, "the environment variable "+variable+" is empty")
	}
	data, err := read(file)
	if err != nil {
		var reason *fs.PathError
		if errors.As(err, &reason) {
			err = reason.Err
		}
		return "", fault.New(fault.Usage, op, "the file "+file+" cannot be read: "+err.Error())
	}
	if v := strings.TrimSpace(string(data)); v != "" {
		return v, nil
	}
	return "", fault.New(fault.Usage, op, "the file "+file+" is empty")
}

// maxSecret is more than any key has; a wrong path may lead to a file without end.
const maxSecret = 64 << 10

func read(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, maxSecret+1))
	if err == nil && len(data) > maxSecret {
		return nil, errors.New("it is too long for a secret")
	}
	return data, err
}
