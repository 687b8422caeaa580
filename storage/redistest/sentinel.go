package redistest

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
)

// StartSentinel runs one Sentinel that watches the master under that name
// until the test ends. It returns a URL that finds the master through it.
func StartSentinel(t testing.TB, master *Server, name string) string {
	t.Helper()
	Require(t)
	host, port, err := net.SplitHostPort(master.Addr)
	if err != nil {
		t.Fatalf("redistest: %v", err)
	}
	s := &Server{t: t, dir: directory(t), Addr: freeAddr(t), sentinel: true}
	file := filepath.Join(s.dir, "sentinel.conf") // Sentinel writes what it learns into its file
	if err := os.WriteFile(file, fmt.Appendf(nil, "sentinel monitor %s %s %s 1\n", name, host, port), 0o600); err != nil {
		t.Fatalf("redistest: %v", err)
	}
	t.Cleanup(s.Kill)
	s.run()
	return fmt.Sprintf("redis+sentinel://%s/%s", s.Addr, name)
}
