//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package embedded

import (
	"os"
	"os/user"
	"strconv"

	"github.com/lienthong/lienthong/internal/fault"
)

// account is the system user that owns the cluster's files and runs its processes.
type account struct {
	uid, gid int
	drop     bool // we are root and hand our children over
}

// serverAccount is the user of this process, or for root the user postgres, else nobody:
// PostgreSQL refuses to run as root.
func serverAccount() (account, error) {
	if os.Geteuid() != 0 {
		return account{uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.Atoi(u.Uid)
		gid, errGID := strconv.Atoi(u.Gid)
		if errUID == nil && errGID == nil && uid > 0 {
			return account{uid: uid, gid: gid, drop: true}, nil
		}
	}
	return account{}, fault.New(fault.Unavailable, "embedded.serverAccount",
		"PostgreSQL refuses to run as root, and there is neither a user postgres nor a user nobody to run it as")
}

// own gives a file or folder to the account; without root it is ours already.
func (a account) own(path string) error {
	if !a.drop {
		return nil
	}
	return os.Lchown(path, a.uid, a.gid)
}

// owns reports whether a file belongs to the account.
func (a account) owns(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && ownerOf(info) == a.uid
}
