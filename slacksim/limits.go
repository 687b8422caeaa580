package slacksim

import (
	"math"
	"sync"

	"golang.org/x/time/rate"
)

// Rate allows so many per minute on average, and Burst at once after a quiet time. The zero Rate is no limit.
type Rate struct {
	PerMinute float64
	Burst     int
}

// Limits are Slack's rate limits (https://docs.slack.dev/apis/web-api/rate-limits). The zero value limits nothing.
type Limits struct {
	Tier1, Tier2, Tier3, Tier4 Rate // per method
	Special                    Rate // per method that has no tier, such as auth.test
	Channel                    Rate // messages posted to one channel
	Workspace                  Rate // messages posted to all channels
}

// DefaultLimits are Slack's figures with bursts that a demo does not run into.
func DefaultLimits() Limits {
	return Limits{
		Tier1: Rate{1, 10}, Tier2: Rate{20, 40}, Tier3: Rate{50, 100}, Tier4: Rate{100, 300}, Special: Rate{600, 600},
		Channel: Rate{60, 30}, Workspace: Rate{600, 300},
	}
}

// limiter keeps one token bucket per method and per channel.
type limiter struct {
	limits  Limits
	clock   *clock
	mu      sync.Mutex
	buckets map[string]*rate.Limiter
}

func newLimiter(l Limits, c *clock) *limiter {
	return &limiter{limits: l, clock: c, buckets: map[string]*rate.Limiter{}}
}

// SetLimits changes the rate limits from now on; what was used up is forgotten.
func (s *Sim) SetLimits(limits Limits) {
	s.limits.mu.Lock()
	defer s.limits.mu.Unlock()
	s.limits.limits, s.limits.buckets = limits, map[string]*rate.Limiter{}
}

func (l *limiter) current() Limits {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.limits
}

func (l *limiter) tier(t tier) Rate {
	switch t {
	case tier1:
		return l.current().Tier1
	case tier2:
		return l.current().Tier2
	case tier3:
		return l.current().Tier3
	case tier4:
		return l.current().Tier4
	}
	return l.current().Special
}

// take takes one token from the bucket, or tells after how many whole seconds to come again.
func (l *limiter) take(bucket string, r Rate) (retryAfter int, ok bool) {
	if r.PerMinute <= 0 {
		return 0, true
	}
	now := l.clock.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[bucket]
	if b == nil {
		b = rate.NewLimiter(rate.Limit(r.PerMinute/60), max(1, r.Burst))
		l.buckets[bucket] = b
	}
	res := b.ReserveN(now, 1)
	wait := res.DelayFrom(now)
	if wait <= 0 {
		return 0, true
	}
	res.CancelAt(now)
	return max(1, int(math.Ceil(wait.Seconds()))), false
}
