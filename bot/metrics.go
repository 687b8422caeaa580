package bot

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics of one process. Labels come from closed sets: no ids of people,
// channels or teams.
type metrics struct {
	envelopes     *prometheus.CounterVec   // type, outcome, retry
	ack           prometheus.Histogram     // from arrival to the written acknowledgement
	socketOpens   prometheus.Counter       // attempts
	slackRequests *prometheus.CounterVec   // method, code
	throttled     prometheus.Counter       // seconds Slack asked to wait
	saidPlainly   prometheus.Counter       // messages whose blocks Slack refused
	sent          *prometheus.CounterVec   // kind of result
	denied        *prometheus.CounterVec   // action, role
	extras        *prometheus.CounterVec   // result
	redis         *prometheus.HistogramVec // op
	redisUnknown  prometheus.Counter
}

// seconds from a tenth of a millisecond to ten.
var seconds = []float64{.0001, .0002, .0004, .001, .002, .005, .01, .025, .05, .1, .25, .5, 1, 1.5, 2, 2.5, 3, 5, 10}

func newMetrics(registry prometheus.Registerer) (*metrics, error) {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "alignbot", Name: name, Help: help})
	}
	counters := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "alignbot", Name: name, Help: help}, labels)
	}
	m := &metrics{
		envelopes:     counters("envelopes_total", "Envelopes from Slack.", "type", "outcome", "retry"),
		ack:           prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "alignbot", Name: "ack_seconds", Help: "From the arrival of an envelope to its written acknowledgement; Slack waits three seconds.", Buckets: seconds}),
		socketOpens:   counter("socket_opens_total", "Attempts to open a socket to Slack."),
		slackRequests: counters("slack_requests_total", "Calls of Slack, by Slack's error code.", "method", "code"),
		throttled:     counter("slack_throttled_seconds_total", "Seconds Slack asked to wait."),
		saidPlainly:   counter("plain_text_fallbacks_total", "Messages whose blocks Slack refused, sent as plain text: a fault of alignbot's."),
		sent:          counters("outbox_attempts_total", "Attempts to send an outbox entry.", "result"),
		denied:        counters("authz_denied_total", "Acts refused for want of permission.", "action", "role"),
		extras:        counters("extras_total", "Looks for ideas like a new one and for what it may be for, beside the answer; those left out found no time beside what people asked for.", "result"),
		redis:         prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "alignbot", Name: "redis_seconds", Help: "Round trips to Redis.", Buckets: seconds}, []string{"op"}),
		redisUnknown:  counter("redis_unknown_total", "Operations on Redis whose result is unknown."),
	}
	for _, c := range []prometheus.Collector{
		m.envelopes, m.ack, m.socketOpens, m.slackRequests, m.throttled,
		m.saidPlainly, m.sent, m.denied, m.extras, m.redis, m.redisUnknown,
	} {
		if err := registry.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// looks are metrics that are looked up when somebody asks.
type looks struct {
	bot *Bot

	sockets, reported, quietest, inbox, outbox, outboxOldest, token *prometheus.Desc
}

func newLooks(b *Bot) *looks {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("alignbot_"+name, help, labels, nil)
	}
	return &looks{
		bot:          b,
		sockets:      desc("sockets", "Sockets to Slack of this process.", "state"),
		reported:     desc("sockets_reported", "Sockets of the app by Slack's count at the latest hello; more than all processes have means that envelopes go astray."),
		quietest:     desc("socket_last_frame_age_seconds", "Since the latest frame on the quietest socket."),
		inbox:        desc("inbox_oldest_seconds", "Age of the oldest envelope that waits for its turn."),
		outbox:       desc("outbox_entries", "Entries of the outbox.", "state"),
		outboxOldest: desc("outbox_oldest_seconds", "For how long the oldest entry that may be sent has waited; not counted is what waits for a channel, a rate limit or the pace."),
		token:        desc("token_dead", "1 while Slack refuses the bot token."),
	}
}

// Describe implements prometheus.Collector.
func (l *looks) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{l.sockets, l.reported, l.quietest, l.inbox, l.outbox, l.outboxOldest, l.token} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (l *looks) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	sockets := l.bot.fleet.state()
	gauge(l.sockets, float64(sockets.serving), "serving")
	gauge(l.sockets, float64(sockets.leaving), "leaving")
	gauge(l.reported, float64(sockets.reported))
	gauge(l.quietest, sockets.quietest.Seconds())
	gauge(l.inbox, l.bot.oldestWaiting(time.Now()).Seconds())
	dead := 0.0
	if l.bot.send.tokenProblem() != nil {
		dead = 1
	}
	gauge(l.token, dead)
	if stats, known := l.bot.outbox.latestStats(); known {
		gauge(l.outbox, float64(stats.Due), "due")
		gauge(l.outbox, float64(stats.Sending), "sending")
		gauge(l.outbox, float64(stats.Failed), "failed")
		gauge(l.outbox, float64(stats.Unknown), "unknown")
		gauge(l.outboxOldest, stats.OldestDue.Seconds())
	}
}
