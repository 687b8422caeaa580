package storage

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestURLs(t *testing.T) {
	for _, c := range []struct {
		url  string
		want place
	}{
		{"redis://localhost", place{addrs: []string{"localhost:6379"}}},
		{"redis://ana:p%40ss@redis.example:7000/2", place{addrs: []string{"redis.example:7000"}, username: "ana", password: "p@ss", db: 2}},
		{"redis://:secret@[::1]:7000", place{addrs: []string{"[::1]:7000"}, password: "secret"}},
		{"redis://[::1]/?db=3", place{addrs: []string{"[::1]:6379"}, db: 3}},
		{"redis://h1,h2:7001,h3/", place{kind: cluster, addrs: []string{"h1:6379", "h2:7001", "h3:6379"}}},
		{"redis://h1/?addr=h2:7001&addr=h3", place{kind: cluster, addrs: []string{"h1:6379", "h2:7001", "h3:6379"}}},
		{"redis+sentinel://ana:pw@h1,h2:26380/mymaster/1?sentinel_password=other", place{
			kind: sentinel, addrs: []string{"h1:26379", "h2:26380"}, username: "ana", password: "pw", db: 1, master: "mymaster",
			sentinelPassword: "other",
		}},
		{"unix:///run/redis.sock?db=1", place{addrs: []string{"/run/redis.sock"}, db: 1}},
		{"embedded:/var/lib/alignbot", place{kind: embedded, dir: "/var/lib/alignbot"}},
		{"memory:", place{kind: memory}},
	} {
		got, err := Settings{URL: c.url}.place()
		if err != nil {
			t.Errorf("%s: %v", c.url, err)
		}
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(place{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.url, diff)
		}
	}
	tls := must(Settings{URL: "rediss://redis.example"}.place())(t)
	if tls.tls == nil || tls.tls.ServerName != "redis.example" {
		t.Errorf("rediss has no TLS for its host: %+v", tls.tls)
	}
	if one := must(Settings{URL: "redis://h1", Cluster: true}.place())(t); one.kind != cluster {
		t.Error("one host is not treated as a cluster")
	}
}

func TestSettingsThatCannotWork(t *testing.T) {
	for name, c := range map[string]struct {
		settings Settings
		says     string
	}{
		"nothing":              {Settings{}, "redis://host:6379"},
		"another scheme":       {Settings{URL: "postgres://u:hunter2@h/db"}, `unknown scheme "postgres"`},
		"no slashes":           {Settings{URL: "redis:localhost"}, "two slashes"},
		"no host":              {Settings{URL: "redis:///0"}, "names no host"},
		"an empty host":        {Settings{URL: "redis://h1,,h3"}, "names no host"},
		"a port in letters":    {Settings{URL: "redis://:hunter2@h1:port"}, "unusable port"},
		"a port too high":      {Settings{URL: "redis://h1:70000"}, "unusable port"},
		"a bare IPv6 address":  {Settings{URL: "redis://::1"}, "unusable"},
		"a database in words":  {Settings{URL: "redis://:hunter2@h1/main"}, "number of a database"},
		"a cluster's database": {Settings{URL: "redis://h1,h2/3"}, "only database 0"},
		"a misspelt option":    {Settings{URL: "redis://h1/?adr=h2"}, `unknown option "adr"`},
		"no master":            {Settings{URL: "redis+sentinel://h1"}, "master's name"},
		"a bad password":       {Settings{URL: "redis://u:hunter2%zz@h1"}, "percent-encoded"},
		"no directory":         {Settings{URL: "embedded:"}, "needs a directory"},
		"no socket":            {Settings{URL: "unix://"}, "path of a socket"},
		"memory with a path":   {Settings{URL: "memory:///x"}, "takes nothing"},
		"a negative timeout":   {Settings{URL: "memory:", Timeout: -time.Second}, "timeout is negative"},
		"negative replicas":    {Settings{URL: "memory:", WaitReplicas: -1}, "replicas to wait for is negative"},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.settings.Check()
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error is %v, want one that says %q", err, c.says)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error tells the password: %v", err)
			}
			if _, err := Open(t.Context(), c.settings, discard); err == nil {
				t.Error("Open accepts them")
			}
		})
	}
}
