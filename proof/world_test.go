package proof

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"alignbot/slacksim"
	"alignbot/storage"
	"alignbot/storage/redistest"
)

// people of the workspace, all in one channel; as many as may act at once.
const people = 128

// world is a local Slack in this process, a Redis, and a bot in a process of its
// own.
type world struct {
	sim   *slacksim.Sim
	store *storage.Store
	redis *redis.Client // nil where nothing is stored
	bot   *exec.Cmd
	// metrics is the address of the bot's metrics, "" of one that has none.
	metrics string
	// began is when the bot was started, and ready how long it took from there to its
	// first socket.
	began time.Time
	ready time.Duration
	// loaded is how long it took to store the ideas, and redisBytes what they take.
	loaded     time.Duration
	redisBytes float64
	// promoted is the number of the idea that was promoted last, by team.
	promoted [promoters]atomic.Int64
	message  ballotMessage
}

func person(i int) string { return fmt.Sprintf("U0P%d", i%people) }

const channel = "C0PAYMENTS"

// newSlack is a workspace in which Slack's rate limits do not hold: what is measured
// is the bot. zone is where all people are; "" is UTC.
func newSlack(b *testing.B, zone string) *slacksim.Sim {
	w := slacksim.Sample()
	var all []string
	for n := range people {
		all = append(all, person(n))
		w.People = append(w.People, slacksim.Person{ID: person(n), Name: strings.ToLower(person(n)), TZ: zone})
	}
	for i := range w.Channels {
		if w.Channels[i].ID == channel {
			w.Channels[i].Members = append(w.Channels[i].Members, all...)
		}
	}
	for i := range promoters {
		_, id := promoterTeam(i)
		w.Channels = append(w.Channels, slacksim.Channel{ID: id, Name: strings.ToLower(id), Members: append([]string{w.App.BotUser}, all...)})
	}
	sim, err := slacksim.New(slacksim.Options{Workspace: w, Limits: &slacksim.Limits{}, LedgerSize: 1 << 18})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { sim.Close() })
	return sim
}

// newWorld starts all of it; fill stores what there is before the bot starts.
func newWorld(b *testing.B, zone string, fill func(context.Context, *world) error) *world {
	address := redistest.Start(b)
	sim := newSlack(b, zone)
	db, err := storage.Open(b.Context(), storage.Settings{URL: address, Timeout: 10 * time.Second}, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	options, err := redis.ParseURL(address)
	if err != nil {
		b.Fatal(err)
	}
	w := &world{sim: sim, store: db.Workspace(sim.Workspace().TeamID), redis: redis.NewClient(options)}
	b.Cleanup(func() { w.redis.Close() })
	if err := fill(b.Context(), w); err != nil {
		b.Fatal(err)
	}
	path, listen := program(b), freeAddress(b)
	w.metrics = "http://" + listen + "/metrics"
	w.began = time.Now()
	w.bot = start(b, path, "run",
		"ALIGNBOT_SLACK_API_URL="+sim.APIURL(), "ALIGNBOT_SLACK_BOT_TOKEN="+sim.BotToken(), "ALIGNBOT_SLACK_APP_TOKEN="+sim.AppToken(),
		"ALIGNBOT_REDIS_URL="+address, "ALIGNBOT_HTTP_LISTEN="+listen, "ALIGNBOT_LOG_LEVEL=warn")
	w.connected(b)
	w.ready = time.Since(w.began)
	return w
}

// newFloor is the same with a client that acknowledges and does nothing else; answering
// is " answering" for one that answers.
func newFloor(b *testing.B, answering string) *world {
	w := &world{sim: newSlack(b, "")}
	w.bot = start(b, os.Args[0], "floor", envFloor+"="+w.sim.APIURL()+" "+w.sim.AppToken()+answering)
	w.connected(b)
	return w
}

func (w *world) connected(b *testing.B) {
	ctx, cancel := context.WithTimeout(b.Context(), 30*time.Second)
	defer cancel()
	if err := w.sim.Wait(ctx, func() bool { return len(w.sim.Sockets()) > 0 }); err != nil {
		b.Fatalf("no socket was opened: %v", err)
	}
}

func start(b *testing.B, path, command string, environ ...string) *exec.Cmd {
	cmd := exec.Command(path, command)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + b.TempDir()}, environ...)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	})
	return cmd
}

// program builds alignbot as it is released, once.
func program(b *testing.B) string {
	path, err := build()
	if err != nil {
		b.Fatal(err)
	}
	return path
}

var build = sync.OnceValues(func() (string, error) {
	path := filepath.Join(scratch, "alignbot")
	cmd := exec.Command("go", "build", "-trimpath", "-o", path, "alignbot/cmd/alignbot")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build alignbot: %w\n%s", err, said)
	}
	return path, nil
})

func freeAddress(b testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// usage is what a process has used so far.
type usage struct {
	cpu, redisCPU time.Duration
	memory        memory
	// trips to Redis, and bytes and objects allocated; of the bot alone.
	trips, bytes, objects float64
}

func (w *world) usage(b *testing.B) usage {
	u := usage{cpu: cpuOf(b, w.bot.Process.Pid), memory: memoryOf(b, w.bot.Process.Pid)}
	if w.redis != nil {
		u.redisCPU = w.redisCPU(b)
	}
	if w.metrics == "" {
		return u
	}
	reply, err := http.Get(w.metrics)
	if err != nil {
		b.Fatal(err)
	}
	defer reply.Body.Close()
	lines := bufio.NewScanner(reply.Body)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), " ")
		n, _ := strconv.ParseFloat(value, 64)
		switch {
		case strings.HasPrefix(name, "alignbot_redis_seconds_count") && !background(name):
			u.trips += n
		case name == "go_memstats_alloc_bytes_total":
			u.bytes = n
		case name == "go_memstats_mallocs_total":
			u.objects = n
		}
	}
	return u
}

// background tells whether an operation belongs to no interaction: the outbox goes at
// the pace that Slack allows, whatever people do, and so do looks at the clock.
func background(name string) bool {
	for _, op := range []string{"claim", "sent", "settle", "outbox", "ready", "follow", "seq", "nudge", "changes", "ping"} {
		if strings.Contains(name, `op="`+op) {
			return true
		}
	}
	return false
}

// clockTick is the unit of /proc/PID/stat, which is 100 a second on every Linux that
// Go runs on.
const clockTick = 10 * time.Millisecond

func cpuOf(b *testing.B, pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Skipf("the benchmark needs Linux: %v", err)
	}
	_, after, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(after)
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * clockTick
}

// memory of a process in bytes: what it has allocated itself, and what it shows of its
// executable, which every process of that program shares.
type memory struct{ own, program int64 }

func memoryOf(b *testing.B, pid int) memory {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		b.Fatal(err)
	}
	fields := strings.Fields(string(text))
	resident, _ := strconv.ParseInt(fields[1], 10, 64)
	shared, _ := strconv.ParseInt(fields[2], 10, 64)
	page := int64(os.Getpagesize())
	return memory{own: (resident - shared) * page, program: shared * page}
}

// redisMemory is what Redis has allocated, in bytes.
func (w *world) redisMemory(ctx context.Context) (float64, error) {
	said, err := w.redis.Info(ctx, "memory").Result()
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(said) {
		if n, found := strings.CutPrefix(strings.TrimSpace(line), "used_memory:"); found {
			return strconv.ParseFloat(n, 64)
		}
	}
	return 0, errors.New("Redis does not tell what it has allocated")
}

// redisCPU is what Redis has used so far, with the user's and the system's share.
// https://redis.io/docs/latest/commands/info/
func (w *world) redisCPU(b *testing.B) time.Duration {
	said, err := w.redis.Info(b.Context(), "cpu").Result()
	if err != nil {
		b.Fatal(err)
	}
	seconds := 0.0
	for line := range strings.Lines(said) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if name == "used_cpu_sys" || name == "used_cpu_user" {
			n, _ := strconv.ParseFloat(value, 64)
			seconds += n
		}
	}
	return time.Duration(seconds * float64(time.Second))
}

// redisVersion is that of the redis-server that is installed.
func redisVersion() string {
	said, err := exec.Command("redis-server", "--version").Output()
	_, after, found := strings.Cut(string(said), "v=")
	if err != nil || !found {
		return "of an unknown version"
	}
	version, _, _ := strings.Cut(after, " ")
	return version
}
