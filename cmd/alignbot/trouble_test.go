package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"alignbot/bot"
	"alignbot/pipeline"
	"alignbot/storage"
	"alignbot/storage/redistest"
)

// askRedis gives the words for what happens when the store is used.
func askRedis(t *testing.T, ctx context.Context, address string) error {
	t.Helper()
	settings := RedisSettings{URL: bot.Secret(address), Timeout: 500 * time.Millisecond}
	db, err := storage.Open(ctx, Settings{Redis: settings}.Storage(), newLogger(t.Output(), LogSettings{Level: "warn", Format: "text"}))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	return settings.inWords(db.Ready(ctx), "Nothing was changed.")
}

func TestARedisThatCannotBeUsedIsNamedWithTheReasonAndTheFix(t *testing.T) {
	redistest.Require(t)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	at := func(user string, server *redistest.Server) string { return "redis://" + user + server.Addr }
	locked := redistest.StartServer(t, "--requirepass", "sesame")
	reader := redistest.StartServer(t, "--user", "reader", "on", ">sesame", "~*", "-@all", "+@read", "+info", "+time")
	replica := redistest.StartServer(t, "--replicaof", "127.0.0.1", "1")
	full := redistest.StartServer(t, "--maxmemory", "1mb")
	for _, test := range []struct {
		name, address string
		ctx           context.Context
		says          []string
	}{
		{"away", "redis://u:sesame@127.0.0.1:1", t.Context(), []string{"Redis at 127.0.0.1:1 cannot be reached (connection refused). Nothing was changed. Start it, or correct redis.url."}},
		{"no such name", "redis://u:sesame@redis.invalid", t.Context(), []string{"Redis at redis.invalid cannot be reached ("}},
		{"a socket that is not there", "unix:///does/not/exist.sock", t.Context(), []string{"Redis at /does/not/exist.sock cannot be reached (no such file or directory)"}},
		{"password wanted", at("", locked), t.Context(), []string{"wants a password (NOAUTH)", "before the host"}},
		{"wrong password", at(":sesame1@", locked), t.Context(), []string{"does not take this user and password (WRONGPASS)", "before the host"}},
		{"rights missing", at("reader:sesame@", reader), t.Context(), []string{"does not allow its user what alignbot needs (NOPERM)", "ACL"}},
		{"a replica", at("", replica), t.Context(), []string{"is a read-only replica (READONLY)", "master"}},
		{"full", at("", full), t.Context(), []string{"is full (OOM)", "maxmemory"}},
		{"told to end", "redis://127.0.0.1:1", ended, []string{"was not waited for"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := askRedis(t, test.ctx, test.address)
			if err == nil {
				t.Fatal("nothing was wrong")
			}
			for _, want := range append(test.says, "Nothing was changed.") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			for _, internal := range []string{"sesame", "storage:", "dial tcp", "ERR "} {
				if strings.Contains(err.Error(), internal) {
					t.Errorf("%q shows %q", err, internal)
				}
			}
		})
	}
}

func TestRedisIsNamedWithoutItsPassword(t *testing.T) {
	for address, want := range map[string]string{
		"redis://127.0.0.1:6379":                            "Redis at 127.0.0.1:6379",
		"rediss://u:sesame@redis.example:6380/2":            "Redis at redis.example:6380",
		"redis://:se@same@one:1,two:2":                      "Redis at one:1,two:2",
		"redis+sentinel://u:sesame@one:1,two:2/mymaster/3":  "Redis mymaster of the Sentinels at one:1,two:2",
		"redis+sentinel://one:1/m?sentinel_password=sesame": "Redis m of the Sentinels at one:1",
		"unix:///run/redis.sock?db=1":                       "Redis at /run/redis.sock",
		"embedded:/var/lib/alignbot":                        "Redis in /var/lib/alignbot",
	} {
		if got := (RedisSettings{URL: bot.Secret(address)}).name(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAnInterruptedRestoreSaysWhy(t *testing.T) {
	settings := RedisSettings{URL: "redis://127.0.0.1:6379"}
	interrupted := &pipeline.Problem{Code: "restore-interrupted", What: "The restore was interrupted.", Safe: "The backup is unchanged.", Next: "Restore again.", Cause: storage.ErrUnavailable}
	err := settings.inWords(interrupted, "Nothing was changed.")
	said := err.Error()
	if !strings.HasPrefix(said, "Redis at 127.0.0.1:6379 cannot be used") || !strings.HasSuffix(said, "The restore was interrupted. The backup is unchanged. Restore again.") {
		t.Errorf("said %q", said)
	}
	if other := errors.New("the disk is full"); settings.inWords(other, "") != other || settings.inWords(nil, "") != nil {
		t.Error("other errors are changed")
	}
}
