package bot

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"time"
)

// Secret is a token. It prints as a mark, in logs and in every fmt verb; only
// Reveal gives it away.
type Secret string

const hidden = "(hidden)"

// String hides the secret.
func (Secret) String() string { return hidden }

// GoString hides the secret.
func (Secret) GoString() string { return hidden }

// LogValue hides the secret.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the secret.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// Reveal gives the secret itself.
func (s Secret) Reveal() string { return string(s) }

// Settings of the bot. The zero value of everything but the tokens has a
// default.
type Settings struct {
	// APIURL of Slack's Web API; default https://slack.com/api/.
	APIURL string
	// BotToken (xoxb-…) calls the Web API, AppToken (xapp-…) opens sockets.
	BotToken, AppToken Secret
	// Sockets this process keeps open, 2 to 10; default 2. Slack allows ten for
	// all processes of an app together.
	Sockets int
	// HTTPListen is where health and metrics are served; "" serves nothing.
	HTTPListen string
	// PostPace is the time between two posts to one channel, shared by all
	// processes; default 1 s, which is what Slack allows.
	// https://docs.slack.dev/apis/web-api/rate-limits
	PostPace time.Duration
	// Workers handle interactions at the same time, default 64. Queue is how
	// many more may wait, default 256; what comes beyond is refused honestly.
	Workers, Queue int
	// Senders send from the outbox at the same time; default 4.
	Senders int
	// Timing of everything that waits; the zero value of each has a default.
	Timing Timing
}

// Timing holds how long things may take. Operators rarely change it; tests
// shorten it.
type Timing struct {
	// Budget for answering an interaction, from the moment it arrived; default
	// 2.5 s of the 3 s Slack waits.
	Budget time.Duration
	// Hello is how long Slack may take to greet on a new socket; default 5 s.
	Hello time.Duration
	// Ping is the time between our pings; default 8 s. Silence is how long a
	// socket may be without any frame before it is replaced; default 20 s.
	Ping, Silence time.Duration
	// Write of one frame; default 2 s.
	Write time.Duration
	// Apart is the time between the first openings of two sockets, so that
	// Slack does not refresh them together; default 1 min.
	Apart time.Duration
	// Overlap is how long a socket that Slack wants to replace goes on being
	// read after the next one is greeted, unless Slack closes it before, as it
	// says it does after about ten seconds; default 15 s.
	Overlap time.Duration
	// Quiet is how long nothing must have arrived on a socket before it is
	// closed, unless stopping takes too long; default 250 ms.
	Quiet time.Duration
	// RetryFirst and RetryMost bound the growing, jittered pause between two
	// attempts to open a socket; default 500 ms and 1 min. A socket that lived
	// for Stable, default 1 min, resets it.
	RetryFirst, RetryMost, Stable time.Duration
	// StoreCheck is the time between two checks that the store can save;
	// default 1 s. After StoreGrace without success, default 5 s, the sockets
	// are closed, so that Slack hands the work to a process that can.
	StoreCheck, StoreGrace time.Duration
	// Attend is the time between two notes that this process is connected to Slack;
	// default 30 s. People are told to that precision since when none was.
	Attend time.Duration
	// PersonFresh is how long facts about a person are taken as they are;
	// default 60 s. PersonStale is how old they may be when Slack does not
	// answer and nothing privileged is asked; default 10 min.
	PersonFresh, PersonStale time.Duration
	// Call of the Web API; default 10 s.
	Call time.Duration
	// Lease of an outbox entry being sent; default 30 s, and more than Call.
	Lease time.Duration
	// ChannelLook is the time between two tries of a channel that takes nothing
	// for now, because the bot is not in it or it is archived; default 10 min.
	ChannelLook time.Duration
	// TokenLook is the time between two tries of a bot token that Slack refuses;
	// default 30 s.
	TokenLook time.Duration
	// Picture is how long one may take to be drawn and to be with Slack; default 20 s.
	Picture time.Duration
	// Drain is how long stopping may take; default 10 s.
	Drain time.Duration
}

func (t *Timing) fillIn() {
	for _, d := range []struct {
		value *time.Duration
		std   time.Duration
	}{
		{&t.Budget, 2500 * time.Millisecond},
		{&t.Hello, 5 * time.Second},
		{&t.Ping, 8 * time.Second},
		{&t.Silence, 20 * time.Second},
		{&t.Write, 2 * time.Second},
		{&t.Apart, time.Minute},
		{&t.Overlap, 15 * time.Second},
		{&t.Quiet, 250 * time.Millisecond},
		{&t.RetryFirst, 500 * time.Millisecond},
		{&t.RetryMost, time.Minute},
		{&t.Stable, time.Minute},
		{&t.StoreCheck, time.Second},
		{&t.StoreGrace, 5 * time.Second},
		{&t.Attend, 30 * time.Second},
		{&t.PersonFresh, time.Minute},
		{&t.PersonStale, 10 * time.Minute},
		{&t.Call, 10 * time.Second},
		{&t.Lease, 30 * time.Second},
		{&t.ChannelLook, 10 * time.Minute},
		{&t.TokenLook, 30 * time.Second},
		{&t.Picture, 20 * time.Second},
		{&t.Drain, 10 * time.Second},
	} {
		if *d.value <= 0 {
			*d.value = d.std
		}
	}
}

// withDefaults gives the settings with every default filled in, or all that is
// wrong with them.
func (s Settings) withDefaults() (Settings, error) {
	var wrong []error
	if s.APIURL == "" {
		s.APIURL = "https://slack.com/api/"
	}
	if u, err := url.Parse(s.APIURL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		wrong = append(wrong, errors.New("the address of Slack's Web API is not a web address; leave ALIGNBOT_SLACK_API_URL empty for Slack's own"))
	}
	if !strings.HasSuffix(s.APIURL, "/") {
		s.APIURL += "/"
	}
	if s.BotToken == "" {
		wrong = append(wrong, errors.New("the bot token is missing; set ALIGNBOT_SLACK_BOT_TOKEN to the token that starts with xoxb-"))
	} else if strings.HasPrefix(s.BotToken.Reveal(), "xapp-") {
		wrong = append(wrong, errors.New("the bot token is an app-level token; ALIGNBOT_SLACK_BOT_TOKEN takes the one that starts with xoxb-"))
	}
	if s.AppToken == "" {
		wrong = append(wrong, errors.New("the app-level token is missing; set ALIGNBOT_SLACK_APP_TOKEN to the token that starts with xapp-"))
	} else if strings.HasPrefix(s.AppToken.Reveal(), "xoxb-") {
		wrong = append(wrong, errors.New("the app-level token is a bot token; ALIGNBOT_SLACK_APP_TOKEN takes the one that starts with xapp-"))
	}
	if s.Sockets == 0 {
		s.Sockets = 2
	}
	if s.Sockets < 2 || s.Sockets > 10 {
		wrong = append(wrong, fmt.Errorf("%d sockets are impossible; choose 2 to 10 (Slack allows ten for all processes together)", s.Sockets))
	}
	if s.HTTPListen != "" {
		if _, _, err := net.SplitHostPort(s.HTTPListen); err != nil {
			wrong = append(wrong, fmt.Errorf("health cannot be served on %q; ALIGNBOT_HTTP_LISTEN takes host:port such as 127.0.0.1:8066", s.HTTPListen))
		}
	}
	for _, n := range []struct {
		value *int
		std   int
	}{{&s.Workers, 64}, {&s.Queue, 256}, {&s.Senders, 4}} {
		if *n.value <= 0 {
			*n.value = n.std
		}
	}
	if s.PostPace <= 0 {
		s.PostPace = time.Second
	}
	s.Timing.fillIn()
	return s, errors.Join(wrong...)
}
