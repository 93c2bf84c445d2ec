package embedded

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

func TestFetch(t *testing.T) {
	t.Parallel()
	installed, err := FindBinaries(t.Context(), os.Getenv, 0)
	if err != nil {
		t.Fatal(err)
	}
	who, err := serverAccount()
	if err != nil {
		t.Fatal(err)
	}

	t.Run("downloads once, as the server's user", func(t *testing.T) {
		t.Parallel()
		var downloads atomic.Int32
		repository := httptest.NewServer(mavenWith(t, archive(t, installed.Dir), &downloads))
		t.Cleanup(repository.Close)
		cache := folder(t)
		f := &Fetch{Command: []string{"fetch-child"}, CacheDir: cache, RepositoryURL: repository.URL}
		for range 2 {
			got, err := f.obtain(t.Context(), who, installed.Major, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(got.Dir, cache) || got.Version != installed.Version {
				t.Errorf("got %+v", got)
			}
			if owner := ownerAt(t, got.Dir); owner != who.uid {
				t.Errorf("the binaries belong to user %d, want %d", owner, who.uid)
			}
		}
		if n := downloads.Load(); n != 1 {
			t.Errorf("%d downloads", n)
		}
		left, err := filepath.Glob(filepath.Join(cache, "unpack-*"))
		if err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	})

	t.Run("says what to install when it fails, and hides what the address holds", func(t *testing.T) {
		t.Parallel()
		f := &Fetch{Command: []string{"fetch-child"}, CacheDir: folder(t), RepositoryURL: "http://user:hunter2@127.0.0.1:1"}
		_, err := f.obtain(t.Context(), who, installed.Major, slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), "install") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("got %v", err)
		}
	})

	t.Run("keeps away from a cache that others can write to", func(t *testing.T) {
		t.Parallel()
		cache := folder(t)
		if err := os.Mkdir(cache, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(cache, 0o777); err != nil {
			t.Fatal(err)
		}
		if _, err := (&Fetch{CacheDir: cache}).cache(who); err == nil {
			t.Error("accepted")
		}
	})
}

func ownerAt(t *testing.T, path string) int {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	return ownerOf(info)
}

// mavenWith serves a repository that holds one archive for every platform.
func mavenWith(t *testing.T, jar []byte, downloads *atomic.Int32) http.Handler {
	t.Helper()
	sum := sha256.Sum256(jar)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".sha256") {
			_, _ = w.Write([]byte(hex.EncodeToString(sum[:])))
			return
		}
		downloads.Add(1)
		w.Header().Set("Content-Length", strconv.Itoa(len(jar)))
		_, _ = w.Write(jar)
	})
}

// archive makes a jar as the repository has it: a zip with one compressed tar, whose programs hand
// over to the installed ones.
func archive(t *testing.T, installed string) []byte {
	t.Helper()
	var tarball bytes.Buffer
	tw := tar.NewWriter(&tarball)
	for _, name := range []string{"initdb", "pg_ctl", "postgres"} {
		script := "#!/bin/sh\nexec '" + filepath.Join(installed, name) + "' \"$@\"\n"
		header := &tar.Header{Name: "bin/" + name, Typeflag: tar.TypeReg, Mode: 0o755, Size: int64(len(script))}
		if err := tw.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := tw.Write([]byte(script)); err != nil {
			t.Fatal(err)
		}
	}
	if err := tw.Close(); err != nil {
		t.Fatal(err)
	}
	var jar bytes.Buffer
	zw := zip.NewWriter(&jar)
	entry, err := zw.Create("postgres.txz")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := entry.Write(xz(tarball.Bytes())); err != nil {
		t.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return jar.Bytes()
}

// xz wraps data of at most 64 KiB into an .xz file without compressing it (the .xz file format, version 1.2.1).
func xz(data []byte) []byte {
	sealed := func(b []byte) []byte { return binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b)) }
	number := func(b []byte, n int) []byte { return binary.AppendUvarint(b, uint64(n)) }
	padded := func(b []byte) []byte {
		for len(b)%4 != 0 {
			b = append(b, 0)
		}
		return b
	}
	flags := []byte{0, 1} // check: CRC32
	out := append([]byte{0xFD, '7', 'z', 'X', 'Z', 0}, flags...)
	out = binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE(flags))

	block := sealed([]byte{2, 0, 0x21, 1, 0, 0, 0, 0})                        // header of 12 bytes, filter LZMA2
	block = append(block, 1, byte((len(data)-1)>>8), byte((len(data)-1)&255)) // one chunk, stored
	block = append(append(block, data...), 0)                                 // end of chunks
	unpadded := len(block) + 4                                                // its check counts, its padding does not
	block = binary.LittleEndian.AppendUint32(padded(block), crc32.ChecksumIEEE(data))
	out = append(out, block...)

	index := sealed(padded(number(number([]byte{0, 1}, unpadded), len(data))))
	out = append(out, index...)
	footer := append(binary.LittleEndian.AppendUint32(nil, uint32(len(index)/4-1)), flags...)
	out = binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE(footer))
	return append(append(out, footer...), 'Y', 'Z')
}
