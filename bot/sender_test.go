package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/slack-go/slack"

	"alignbot/commands"
	"alignbot/slacksim"
)

func TestRetryAfterInEveryShape(t *testing.T) {
	now := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		header, date string
		want         time.Duration
	}{
		{header: "1", want: time.Second},
		{header: "30", want: 30 * time.Second},
		{header: " 7 ", want: 7 * time.Second},
		{header: "2.5", want: 2500 * time.Millisecond},
		{header: "0", want: time.Second},
		{header: "-5", want: time.Second},
		{header: "", want: retryAfterStd},
		{header: "soon", want: retryAfterStd},
		{header: "NaN", want: retryAfterStd},
		{header: "1e300", want: retryAfterMost},
		{header: "Inf", want: retryAfterMost},
		{header: "999999999999999999999", want: retryAfterMost},
		{header: now.Add(time.Minute).Format(http.TimeFormat), want: time.Minute},
		{header: now.Add(-time.Minute).Format(http.TimeFormat), want: time.Second},
		{header: now.Add(time.Hour + time.Minute).Format(http.TimeFormat), date: now.Add(time.Hour).Format(http.TimeFormat), want: time.Minute},
	} {
		h := http.Header{}
		h.Set("Retry-After", c.header)
		h.Set("Date", c.date)
		if got := retryAfter(h, now); got != c.want {
			t.Errorf("Retry-After %q is %s, want %s", c.header, got, c.want)
		}
	}
	if got := retryAfter(http.Header{}, now); got != retryAfterStd {
		t.Errorf("no Retry-After is %s, want %s", got, retryAfterStd)
	}
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("1", "")
	f.Add("Fri, 20 Nov 2026 10:00:00 GMT", "Fri, 20 Nov 2026 09:00:00 GMT")
	f.Fuzz(func(t *testing.T, value, date string) {
		h := http.Header{"Retry-After": {value}, "Date": {date}}
		if d := retryAfter(h, time.Unix(1e9, 0)); d < time.Second || d > retryAfterMost {
			t.Errorf("%q with %q is %s", value, date, d)
		}
	})
}

func TestEachFailureHasItsRemedy(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.Expect("invalid_blocks", "no_text", "missing_scope")
	s, _ := w.settings().withDefaults()
	m, _ := newMetrics(prometheus.NewRegistry())
	send := newSender(s, m, quiet(t))
	defer send.http.CloseIdleConnections()
	for _, c := range []struct {
		name   string
		effect slacksim.Effect
		code   string
		remedy remedy
	}{
		{"throttled", slacksim.Throttle("3"), "ratelimited", throttled},
		{"throttled without a time", slacksim.ThrottleBare(), "ratelimited", throttled},
		{"throttled with an odd time", slacksim.Throttle("soon"), "ratelimited", throttled},
		{"throttled in the body only", slacksim.APIError("ratelimited"), "ratelimited", throttled},
		{"a broken server", slacksim.HTTPStatus(502), codeServer, unconfirmed},
		{"a stranger's answer", slacksim.HTTPStatus(404), codeHTTP, giveUp},
		{"a cut", slacksim.Drop(), codeNoAnswer, unconfirmed},
		{"a lost reply", slacksim.LoseReply(), codeNoAnswer, unconfirmed},
		{"slow", slacksim.Delay(time.Hour), codeNoAnswer, unconfirmed},
		{"an inner error", slacksim.APIError("internal_error"), "internal_error", unconfirmed},
		{"out of service", slacksim.APIError("service_unavailable"), "service_unavailable", retryLater},
		{"not in channel", slacksim.APIError("not_in_channel"), "not_in_channel", channelShut},
		{"archived", slacksim.APIError("is_archived"), "is_archived", channelShut},
		{"no such channel", slacksim.APIError("channel_not_found"), "channel_not_found", channelShut},
		{"revoked", slacksim.APIError("token_revoked"), "token_revoked", tokenDead},
		{"a scope", slacksim.APIError("missing_scope"), "missing_scope", missingScope},
		{"a new code", slacksim.APIError("made_up_tomorrow"), "made_up_tomorrow", giveUp},
	} {
		t.Run(c.name, func(t *testing.T) {
			rule := w.Faults().Add(slacksim.Fault{On: "chat.postMessage", Times: 1, Do: c.effect})
			defer rule.Remove()
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			_, err := send.post(ctx, "C0GENERAL", "", commands.Post{Text: "once"})
			if codeOf(err) != c.code || remedyOf(err) != c.remedy {
				t.Errorf("got %v, remedy %d", err, remedyOf(err))
			}
			if rule.Strikes() != 1 {
				t.Errorf("it was tried %d times", rule.Strikes())
			}
			if strings.Contains(err.Error(), "127.0.0.1") && c.code != codeNoAnswer || strings.Contains(err.Error(), "/api/") {
				t.Errorf("the error names an address: %v", err)
			}
		})
	}
	t.Run("nobody listens", func(t *testing.T) {
		s.APIURL = "http://127.0.0.1:1/"
		send := newSender(s, m, quiet(t))
		_, err := send.post(t.Context(), "C0GENERAL", "", commands.Post{Text: "never"})
		if codeOf(err) != codeNotSent || remedyOf(err) != retryLater {
			t.Errorf("got %v, remedy %d", err, remedyOf(err))
		}
	})
}

func TestRefusedBlocksAreSaidInPlainText(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.Expect("invalid_blocks")
	s, _ := w.settings().withDefaults()
	m, _ := newMetrics(prometheus.NewRegistry())
	send := newSender(s, m, quiet(t))
	defer send.http.CloseIdleConnections()
	tooLong := commands.Post{Text: "The same in words", Blocks: []slack.Block{
		slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType, strings.Repeat("x", 200), false, false)),
	}}
	message, err := send.post(t.Context(), "C0GENERAL", "", tooLong)
	if err != nil {
		t.Fatal(err)
	}
	w.Person("alice").In("general").Sees("The same in words")
	if err := send.update(t.Context(), message, tooLong); err != nil {
		t.Error(err)
	}
	if err := send.ephemeral(t.Context(), "C0GENERAL", "U0ALICE", "", tooLong); err != nil {
		t.Error(err)
	}
}

func TestNothingInAMessageComesAlive(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	s, _ := w.settings().withDefaults()
	m, _ := newMetrics(prometheus.NewRegistry())
	send := newSender(s, m, quiet(t))
	defer send.http.CloseIdleConnections()
	if _, err := send.post(t.Context(), "C0GENERAL", "", commands.Post{Text: "see example.com @alice"}); err != nil {
		t.Fatal(err)
	}
	sent := string(w.calls("chat.postMessage")[0].Payload)
	for _, want := range []string{`"unfurl_links":"false"`, `"unfurl_media":"false"`, `"parse":"none"`} {
		if !strings.Contains(strings.ReplaceAll(sent, `": `, `":`), want) {
			t.Errorf("%s is not in %s", want, sent)
		}
	}
}

func TestADeadTokenIsNoticedAndItsReturnToo(t *testing.T) {
	w := newWorld(t, slacksim.Options{})
	w.team()
	b := w.ready()
	rule := w.Faults().Add(slacksim.Fault{On: "chat.postMessage", Do: slacksim.APIError("token_revoked")})
	alice := w.Person("alice").In("payments")
	alice.Types("/idea add Export invoices")
	w.eventually("readiness says so", func() bool {
		_, c := b.health("/readyz")
		return strings.Contains(strings.Join(c.Reasons, " "), "token is refused: token_revoked")
	})
	if isClosed(b.ended) {
		t.Fatal("the process ended: it would be restarted again and again")
	}
	alice.Types("/align say still here")
	alice.Sees("You said still here")
	rule.Remove()
	w.eventually("the card is due", func() bool { return w.stats().Due == 1 })
}

func TestStopNamesTheTokenAndTheScope(t *testing.T) {
	stop := fatal("app-level token", &SlackError{Method: "apps.connections.open", Code: "missing_scope", Needed: "connections:write", remedy: missingScope})
	if !strings.Contains(stop.Error(), "app-level token") || !strings.Contains(stop.Error(), "connections:write") {
		t.Error(stop)
	}
	var e *SlackError
	if !errors.As(stop, &e) {
		t.Error("the cause is lost")
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	s := Settings{BotToken: "xoxb-precious", AppToken: "xapp-precious"}
	var b strings.Builder
	slog.New(slog.NewJSONHandler(&b, nil)).Info("settings", "token", s.BotToken, "all", s)
	for _, printed := range []string{
		fmt.Sprintf("%v", s), fmt.Sprintf("%+v", s), fmt.Sprintf("%#v", s), fmt.Sprintf("%s", any(s.BotToken)), fmt.Sprintf("%q", s.BotToken), fmt.Sprintf("%x", s.BotToken), b.String(),
	} {
		if strings.Contains(printed, "precious") || strings.Contains(printed, "70726563696f7573") {
			t.Errorf("a token prints: %s", printed)
		}
	}
	if s.BotToken.Reveal() != "xoxb-precious" {
		t.Error("Reveal does not")
	}
}

func TestSettingsAreCheckedAllAtOnce(t *testing.T) {
	_, err := New(Settings{APIURL: "slack", BotToken: "xapp-1", AppToken: "xoxb-1", Sockets: 11, HTTPListen: "everywhere"}, Parts{})
	for _, want := range []string{"ALIGNBOT_SLACK_API_URL", "ALIGNBOT_SLACK_BOT_TOKEN", "ALIGNBOT_SLACK_APP_TOKEN", "11 sockets", "ALIGNBOT_HTTP_LISTEN"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not name %s", err, want)
		}
	}
}
