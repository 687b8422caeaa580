package redistest

import (
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"sync"
	"testing"
)

// Run runs the tests of a package over one server, in whose databases Start puts
// them, instead of one server each: starting it takes longer than most tests. It
// gives their exit code, for a TestMain. What StartServer gives stays a test's own.
func Run(m *testing.M) int {
	whole := &PackageTB{}
	defer whole.End()
	if _, err := exec.LookPath("redis-server"); err == nil {
		shared.server = StartServer(whole, "--databases", strconv.Itoa(databases))
		for number := range databases {
			shared.free = append(shared.free, number)
		}
	}
	return m.Run()
}

// databases is how many tests can run at the same time.
const databases = 256

// shared is the server of all tests of the package; nil where each has its own.
var shared struct {
	server *Server
	mu     sync.Mutex
	free   []int
}

// database gives the test an empty database of the shared server until it ends.
func database(t testing.TB) (url string, ok bool) {
	t.Helper()
	if shared.server == nil {
		return "", false
	}
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if len(shared.free) == 0 {
		return "", false
	}
	number := shared.free[0]
	shared.free = shared.free[1:]
	t.Cleanup(func() {
		shared.server.in(number, "FLUSHDB")
		shared.mu.Lock()
		defer shared.mu.Unlock()
		shared.free = append(shared.free, number)
	})
	return shared.server.URL() + strconv.Itoa(number), true
}

// PackageTB stands for all tests of a package where something is to live as long as
// they do.
type PackageTB struct {
	testing.TB
	cleanups []func()
}

// Helper does nothing: there is no test to name.
func (*PackageTB) Helper() {}

// Fatal ends the tests.
func (*PackageTB) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

// Fatalf ends the tests.
func (*PackageTB) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// Cleanup has f called by End.
func (p *PackageTB) Cleanup(f func()) { p.cleanups = append(p.cleanups, f) }

// End calls what Cleanup was given, the last first.
func (p *PackageTB) End() {
	for _, cleanup := range slices.Backward(p.cleanups) {
		cleanup()
	}
}
