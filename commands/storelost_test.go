package commands_test

import (
	"slices"
	"testing"

	"alignbot/pipeline"
	"alignbot/storage/redistest"
)

func TestRedisGoneBetweenOpeningAndSubmitting(t *testing.T) {
	t.Parallel()
	redis := redistest.StartServer(t)
	w := openOn(t, redis.URL(), pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea Not to be lost")
	bob.Fills("Problem", "Neither is this")
	redis.Freeze()
	bob.Submits()
	bob.SeesFieldError("Title", "I cannot reach my storage right now")
	bob.SeesModal("Capture an idea").Has("Title", "Not to be lost").Has("Problem", "Neither is this")
	redis.Thaw()
	bob.Submits()
	bob.Sees("Captured as PAY-1")
	bob.SeesNoModal()
	bob.Types("/idea list")
	bob.Sees("Page 1 of 1 · 1 idea")
}

func TestRedisGoneBeforeACommand(t *testing.T) {
	t.Parallel()
	redis := redistest.StartServer(t)
	w := openOn(t, redis.URL(), pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	redis.Freeze()
	bob.Types("/idea add Try again later")
	bob.Sees("I cannot reach my storage right now", "before you try again")
	redis.Thaw()
	bob.Types("/idea list mine") // as advised
	bob.Sees("My ideas of Payments")
}

// A form whose first try was stored although its answer got lost is submitted
// again with other words: there is one idea, and it has the later words.
func TestALostAnswerMakesNoSecondIdea(t *testing.T) {
	t.Parallel()
	redis := redistest.StartServer(t)
	proxy := redistest.NewProxy(t, redis.Addr)
	w := openOn(t, proxy.URL(), pipeline.Policy{}).withTeam(t)
	bob := w.Person("bob").In("payments")
	bob.Types("/idea add Before") // the server knows the script from now on
	bob.Sees("Captured as PAY-1")
	bob.Types("/idea First words")
	proxy.Inject(func(command []string) redistest.Fault {
		if slices.Contains(command, "First words") { // the capture, each time it is tried
			return redistest.CutAfterReply
		}
		return redistest.None
	})
	bob.Submits()
	bob.SeesFieldError("Title", "")
	bob.Fills("Title", "Later words")
	bob.Submits()
	bob.SeesNoModal()
	bob.Types("/idea list")
	bob.Sees("Page 1 of 1 · 2 ideas", "PAY-2  Later words")
}
