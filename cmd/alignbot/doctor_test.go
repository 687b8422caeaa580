package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"alignbot/slacksim"
	"alignbot/slacksim/simtest"
	"alignbot/storage/redistest"
)

// examined runs doctor and gives the findings as "level subject".
func examined(t *testing.T, environ []string) (code int, findings []Finding) {
	t.Helper()
	code, stdout, stderr := start(t, environ, "doctor", "--json")
	var answer struct {
		OK       bool
		Findings []Finding
	}
	if err := json.Unmarshal([]byte(stdout), &answer); err != nil {
		t.Fatalf("exit code %d, %v\n%s%s", code, err, stdout, stderr)
	}
	if answer.OK != (code == exitOK) {
		t.Errorf("says ok: %v, and exits with %d", answer.OK, code)
	}
	for _, f := range answer.Findings {
		if f.Level != OK && f.Fix == "" {
			t.Errorf("no fix for: %s %s: %s", f.Level, f.Subject, f.Found)
		}
	}
	return code, answer.Findings
}

// find gives the finding about a subject, the worst if there are several.
func find(t *testing.T, findings []Finding, subject string) Finding {
	t.Helper()
	var found []Finding
	for _, f := range findings {
		if f.Subject == subject {
			found = append(found, f)
		}
	}
	if len(found) == 0 {
		t.Fatalf("nothing about %s in %+v", subject, findings)
	}
	return slices.MaxFunc(found, func(a, b Finding) int {
		rank := []Level{OK, Warn, Fail}
		return slices.Index(rank, a.Level) - slices.Index(rank, b.Level)
	})
}

func TestDoctorFindsNothingWrong(t *testing.T) {
	sim := simtest.Open(t, slacksim.Options{Workspace: localWorkspace()})
	redis := redistest.StartServer(t, "--appendonly", "yes")
	environ := pointedAt(sim, "ALIGNBOT_REDIS_URL="+redis.URL())
	code, findings := examined(t, environ)
	if code != exitOK {
		t.Errorf("exit code %d", code)
	}
	for _, subject := range []string{"bot token", "scopes", "clock", "app token", "socket", "Redis", "eviction", "persistence", "store", "time zones"} {
		if f := find(t, findings, subject); f.Level != OK {
			t.Errorf("%+v", f)
		}
	}
	_, stdout, _ := start(t, environ, "doctor")
	for line := range strings.Lines(stdout) {
		if !strings.HasPrefix(line, "[ok]   ") {
			t.Errorf("%s", line)
		}
	}
	if open := sim.Sockets(); len(open) != 0 {
		t.Errorf("doctor left %d connections", len(open))
	}
}

func TestDoctorNamesWhatIsWrongWithSlack(t *testing.T) {
	without := func(scope string) slacksim.Workspace {
		w := localWorkspace()
		w.App.Scopes = slices.DeleteFunc(slices.Clone(w.App.Scopes), func(s string) bool { return s == scope })
		return w
	}
	superfluous := localWorkspace()
	superfluous.App.Scopes = append(slices.Clone(superfluous.App.Scopes), "files:read")
	for _, test := range []struct {
		name      string
		workspace slacksim.Workspace
		environ   []string
		subject   string
		level     Level
		found     string
		fix       string
	}{
		{"bot token refused", localWorkspace(), []string{"ALIGNBOT_SLACK_BOT_TOKEN=xoxb-sesame"}, "bot token", Fail, "invalid_auth", "ALIGNBOT_SLACK_BOT_TOKEN"},
		{"app token refused", localWorkspace(), []string{"ALIGNBOT_SLACK_APP_TOKEN=xapp-sesame"}, "app token", Fail, "invalid_auth", "connections:write"},
		{"scope missing", without("chat:write"), nil, "scopes", Fail, "chat:write", "alignbot manifest"},
		{"reaction without its scope", without("reactions:read"), nil, "capture reaction", Warn, ":bulb:", "--capture-reaction"},
		{"scope too many", superfluous, nil, "scopes", Warn, "files:read", "Remove"},
		{"Slack out of reach", localWorkspace(), []string{"ALIGNBOT_SLACK_API_URL=http://127.0.0.1:1/api/"}, "bot token", Fail, "connection refused", "HTTPS_PROXY"},
	} {
		t.Run(test.name, func(t *testing.T) {
			sim := simtest.Open(t, slacksim.Options{Workspace: test.workspace})
			code, findings := examined(t, pointedAt(sim, test.environ...))
			f := find(t, findings, test.subject)
			if f.Level != test.level || !strings.Contains(f.Found, test.found) || !strings.Contains(f.Fix, test.fix) {
				t.Errorf("%+v", f)
			}
			if strings.Contains(f.Found+f.Fix, "sesame") {
				t.Errorf("a token is shown: %+v", f)
			}
			if want := map[Level]int{Warn: exitOK, Fail: exitFailed}[test.level]; code != want {
				t.Errorf("exit code %d, want %d", code, want)
			}
		})
	}
}

func TestDoctorNamesWhatIsWrongWithRedis(t *testing.T) {
	redistest.Require(t)
	sim := simtest.Open(t, slacksim.Options{Workspace: localWorkspace()})
	for _, test := range []struct {
		name    string
		redis   []string
		environ []string
		subject string
		level   Level
		fix     string
	}{
		{"eviction", []string{"--maxmemory-policy", "allkeys-lru"}, nil, "eviction", Fail, "noeviction"},
		{"eviction accepted", []string{"--maxmemory-policy", "allkeys-lru"}, []string{"ALIGNBOT_REDIS_ALLOW_EVICTION=true"}, "eviction", Warn, "noeviction"},
		{"no persistence", nil, nil, "persistence", Warn, "appendonly yes"},
		{"password wanted", []string{"--requirepass", "sesame"}, nil, "Redis", Fail, "USER:PASSWORD"},
		{"away", nil, []string{"ALIGNBOT_REDIS_URL=redis://127.0.0.1:1"}, "Redis", Fail, "Start Redis"},
	} {
		t.Run(test.name, func(t *testing.T) {
			redis := redistest.StartServer(t, test.redis...)
			_, findings := examined(t, pointedAt(sim, append([]string{"ALIGNBOT_REDIS_URL=" + redis.URL()}, test.environ...)...))
			if f := find(t, findings, test.subject); f.Level != test.level || !strings.Contains(f.Fix, test.fix) {
				t.Errorf("%+v", f)
			}
		})
	}
}

func TestDoctorComparesClocks(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		theirs time.Time
		level  Level
		found  string
	}{
		{now, OK, "agrees with that of Redis"},
		{now.Add(4 * time.Second), OK, "agrees with that of Redis"},
		{now.Add(-time.Minute), Fail, "is 1m0s ahead of that of Redis"},
		{now.Add(time.Minute), Fail, "is 1m0s behind that of Redis"},
	} {
		var d doctor
		d.clock("Redis", test.theirs, now)
		if f := d.findings[0]; f.Level != test.level || f.Found != test.found {
			t.Errorf("%+v", f)
		}
	}
}

func TestVersionsAreComparedByNumber(t *testing.T) {
	for version, enough := range map[string]bool{"7.0.15": true, "6.2.0": true, "6.0.16": false, "10.1": true, "5": false, "": false} {
		if atLeast(version, minRedis) != enough {
			t.Errorf("%q: %v", version, !enough)
		}
	}
}
