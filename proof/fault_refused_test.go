package proof

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// evicting are all policies by which a full Redis throws away what is stored.
// https://redis.io/docs/latest/develop/reference/eviction/
var evicting = []string{"allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl"}

// mayForget starts bots on a Redis that may throw data away, on one that does so and hides
// CONFIG, and on one that tells nothing of itself; and again when that is put right.
func mayForget(c *campaign) {
	var said logs
	w := c.open(place{late: true, change: func(o *orders) { o.log = &said }})
	for i := range c.n {
		w.act(1, 1, "c") // with no bot there, Slack says so
		policy := evicting[i%len(evicting)]
		switch kind := i % 3; kind {
		case 0, 1:
			w.server.Do("CONFIG", "SET", "maxmemory-policy", policy)
			if kind == 1 {
				w.server.Do("ACL", "SETUSER", "default", "-config")
			}
			e := w.begin()
			w.until("a bot ends", func() bool {
				select {
				case <-e.ended:
					return true
				default:
					return false
				}
			})
			if e.err == nil || !strings.Contains(e.err.Error(), "maxmemory-policy is "+policy) || !strings.Contains(e.err.Error(), "Set maxmemory-policy to noeviction") {
				c.Errorf("with %s a bot ended with %v", policy, e.err)
			}
			if n := len(w.sim.Sockets()); n > 0 {
				c.Errorf("%d sockets were opened by a bot whose Redis may forget", n)
			}
			w.server.Do("ACL", "SETUSER", "default", "+config")
			w.server.Do("CONFIG", "SET", "maxmemory-policy", "noeviction")
		case 2:
			said.reset()
			w.server.Do("ACL", "SETUSER", "default", "-config", "-info")
		}
		c.injections++
		at := time.Now()
		e := w.hire()
		w.works(at)
		if i%3 == 2 && !strings.Contains(said.String(), "make sure that maxmemory-policy is noeviction") {
			c.Errorf("nobody was warned that the policy cannot be read: %s", said.String())
		}
		w.server.Do("ACL", "SETUSER", "default", "+config", "+info")
		w.dismiss(e)
		w.until("its sockets are gone", func() bool { return len(w.sim.Sockets()) == 0 })
	}
	w.hire()
	w.settle()
}

// logs of bots, which write as others read.
type logs struct {
	mu   sync.Mutex
	text bytes.Buffer
}

var _ io.Writer = (*logs)(nil)

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *logs) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Reset()
}

// wrong is a setting that cannot be: its variable, a value, and what is said of it.
type wrong struct{ variable, value, key, reason, fix string }

// hidden is in every secret that is given, and must be in nothing that is said.
const hidden = "sesame"

// wrongs are of every key one or more; no two of one key are drawn together.
var wrongs = []wrong{
	{"SLACK_BOT_TOKEN", "", "slack.bot_token", "it is not set", ""},
	{"SLACK_BOT_TOKEN", "xapp-1-" + hidden, "slack.bot_token", "this is an app-level token", ""},
	{"SLACK_BOT_TOKEN", hidden, "slack.bot_token", "this is not such a token", ""},
	{"SLACK_BOT_TOKEN", "xoxe.xoxb-1-" + hidden, "slack.bot_token", "this token expires", ""},
	{"SLACK_APP_TOKEN", "", "slack.app_token", "it is not set", ""},
	{"SLACK_APP_TOKEN", "xoxb-1-" + hidden, "slack.app_token", "this is a bot token", ""},
	{"SLACK_APP_TOKEN", `"xapp-1-` + hidden + `"`, "slack.app_token", "spaces or quotes", ""},
	{"SLACK_API_URL", "http://slack.example/api/", "slack.api_url", "tokens would travel unencrypted", "Use https"},
	{"SLACK_API_URL", "https://me:" + hidden + "@slack.com/api/", "slack.api_url", "a user name", "Leave only scheme"},
	{"SLACK_API_URL", "slack.com", "slack.api_url", "it is not a web address", "Leave it out"},
	{"SLACK_PREFIX", "/acme-", "slack.prefix", "not a beginning", "Use at most 20"},
	{"SLACK_SOCKETS", "11", "slack.sockets", "11 connections are not possible", "Set 2 to 10"},
	{"SLACK_SOCKETS", "two", "slack.sockets", "it is not a whole number", "Write a number"},
	{"SLACK_CAPTURE_REACTION", ":bulb:", "slack.capture_reaction", "not the name of an emoji", "without colons"},
	{"REDIS_URL", "memory:", "redis.url", "memory: forgets everything", ""},
	{"REDIS_URL", "redis://u:12/" + hidden + "@redis", "redis.url", "there is a / in its user or password", ""},
	{"REDIS_URL", hidden + "://:" + hidden + "@x", "redis.url", "no scheme that is known", ""},
	{"REDIS_CLUSTER", "perhaps", "redis.cluster", "neither true nor false", "Write true or false"},
	{"REDIS_ALLOW_EVICTION", "7", "redis.allow_eviction", "neither true nor false", "Write true or false"},
	{"REDIS_TIMEOUT", "5", "redis.timeout", "not a duration", "its unit"},
	{"REDIS_TIMEOUT", "3s", "redis.timeout", "Slack wants every answer within 3s", "Set 10ms to 2s"},
	{"REDIS_WAIT_REPLICAS", "-1", "redis.wait_replicas", "cannot be waited for", "Set 0"},
	{"HTTP_LISTEN", "localhost", "http.listen", "not an address to listen on", "Write host and port"},
	{"LOG_LEVEL", "loud", "log.level", "no such level", "Write debug"},
	{"LOG_FORMAT", "xml", "log.format", "no such format", "Write json"},
	{"POLICY_GUESTS", "sometimes", "policy.guests", "neither true nor false", "Write true or false"},
	{"POLICY_MEMBERS_CREATE_TEAMS", "some", "policy.members_create_teams", "neither true nor false", "Write true or false"},
	{"LLM_KEY", hidden, "llm.base_url", "it is empty, but a model or a key is set", "Name the server"},
	{"LLM_BASE_URL", "http://models.example/v1", "llm.base_url", "unencrypted", "Write an address"},
	{"LLM_BASE_URL", "https://me:" + hidden + "@models.example/v1", "llm.base_url", "a user or a password in it", "Write an address"},
	{"LLM_ALLOW_PLAIN_HTTP", "maybe", "llm.allow_plain_http", "neither true nor false", "Write true or false"},
	{"LLM_TIMEOUT", "soon", "llm.timeout", "not a duration", "its unit"},
	{"LLM_PERSON_BUDGET", "many", "llm.person_budget", "not a whole number", "Write a number"},
	{"PICTURES_FONTS", "/does/not/exist", "pictures.fonts", "no such folder", "Name a folder"},
	{"SLACK_BOT_TOKN", "xoxb-1-" + hidden, "ALIGNBOT_SLACK_BOT_TOKN", "there is no such setting", "Did you mean ALIGNBOT_SLACK_BOT_TOKEN"},
	{"REDIS_ULR", "redis://:" + hidden + "@x", "ALIGNBOT_REDIS_ULR", "there is no such setting", "Did you mean ALIGNBOT_REDIS_URL"},
	{"REDIS_URL_FILE", "/does/not/" + "exist", "redis.url", "cannot be read", "Correct the path"},
}

// swapped are both tokens in each other's place.
var swapped = []wrong{
	{"SLACK_BOT_TOKEN", "xapp-1-" + hidden, "slack.bot_token", "the two are swapped", ""},
	{"SLACK_APP_TOKEN", "xoxb-1-" + hidden, "slack.app_token", "the two are swapped", ""},
}

// wrongSettings starts the program with up to five settings that cannot be, and with the
// right ones.
func wrongSettings(c *campaign) {
	path, err := build()
	if err != nil {
		c.Fatal(err)
	}
	w := c.open(place{late: true})
	right := map[string]string{"SLACK_API_URL": w.sim.APIURL(), "SLACK_BOT_TOKEN": w.sim.BotToken(), "SLACK_APP_TOKEN": w.sim.AppToken(), "REDIS_URL": w.url, "HTTP_LISTEN": "127.0.0.1:0", "LOG_LEVEL": "warn"}
	for i := range c.n {
		drawn := w.draw()
		environ := []string{"PATH=/usr/bin:/bin", "HOME=" + c.TempDir()}
		given := map[string]bool{}
		for _, one := range drawn {
			given[one.variable] = true
			given[strings.TrimSuffix(one.variable, "_FILE")] = true
			environ = append(environ, "ALIGNBOT_"+one.variable+"="+one.value)
		}
		for variable, value := range right {
			if !given[variable] {
				environ = append(environ, "ALIGNBOT_"+variable+"="+value)
			}
		}
		w.isNamed(path, environ, drawn)
		c.injections++
		if i%50 == 0 {
			w.runsWith(path, right)
		}
	}
	w.settle()
}

// draw up to five wrong settings of different keys.
func (w *faultWorld) draw() (drawn []wrong) {
	if w.c.rng.IntN(8) == 0 {
		drawn = append(drawn, swapped...)
	}
	for range 1 + w.c.rng.IntN(5-len(drawn)) {
		one := wrongs[w.c.rng.IntN(len(wrongs))]
		fits := true
		for _, other := range drawn {
			fits = fits && other.key != one.key && other.variable != one.variable && !strings.HasPrefix(other.key+one.key, "slack.bot_tokenslack.app") && !strings.HasPrefix(other.key+one.key, "slack.app_tokenslack.bot")
		}
		if fits { // one token is judged by the other
			drawn = append(drawn, one)
		}
	}
	return drawn
}

// isNamed starts the program, which ends at once and names all that is wrong, and no
// secret.
func (w *faultWorld) isNamed(path string, environ []string, drawn []wrong) {
	w.c.Helper()
	ctx, cancel := context.WithTimeout(w.c.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "run")
	cmd.Env = environ
	output, err := cmd.CombinedOutput()
	said := string(output)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 78 { // EX_CONFIG
		w.c.Errorf("with %v the program ended with %v: %s", drawn, err, said)
	}
	for _, one := range drawn {
		named := false
		for line := range strings.Lines(said) {
			named = named || strings.Contains(line, one.key) && strings.Contains(line, one.reason) && strings.Contains(line, one.fix)
		}
		if !named {
			w.c.lost++
			w.c.Errorf("%s is not named with its reason %q and fix %q: %s", one.key, one.reason, one.fix, said)
		}
	}
	if strings.Contains(said, hidden) {
		w.c.Errorf("a secret is shown: %s", said)
	}
}

// runsWith starts the program with the right settings, and has somebody act.
func (w *faultWorld) runsWith(path string, right map[string]string) {
	w.c.Helper()
	cmd := exec.Command(path, "run")
	cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + w.c.TempDir()}
	for variable, value := range right {
		cmd.Env = append(cmd.Env, fmt.Sprintf("ALIGNBOT_%s=%s", variable, value))
	}
	at := time.Now()
	e := employCommand(w.c, cmd)
	defer func() {
		w.dismiss(e)
		w.until("its sockets are gone", func() bool { return len(w.sim.Sockets()) == 0 })
	}()
	w.until("the program has a socket", func() bool { return len(w.sim.Sockets()) > 0 })
	w.works(at)
	w.quiet()
}
