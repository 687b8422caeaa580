package bot

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"alignbot/slacksim"
	"alignbot/storage"
	"alignbot/storage/redistest"
)

// A newer release that raises the schema is not waited for: whoever runs stores nothing
// more at once, whoever starts is told why not, and going back is enough.
func TestANewerSchemaStopsAnOlderReleaseAtOnce(t *testing.T) {
	server := redistest.StartServer(t)
	w := newWorldOn(t, slacksim.Options{}, server.URL())
	b := w.ready(func(s *Settings, _ *Parts) { s.Timing.StoreGrace = time.Hour })
	raised := strconv.Itoa(storage.Schema + 1)
	server.Do("SET", "ab:schema", raised)
	w.eventually("its sockets are closed", func() bool { return len(w.Sockets()) == 0 })
	if _, told := b.health("/readyz"); !strings.Contains(strings.Join(told.Reasons, " "), "newer alignbot (schema "+raised) {
		t.Errorf("it is not ready because of %+v", told)
	}
	late := w.start()
	var stop *Stop
	if <-late.ended; !errors.As(late.err, &stop) || !strings.Contains(stop.Cause, "newer alignbot (schema "+raised) || stop.Fix == "" {
		t.Errorf("one that starts ended with %v", late.err)
	}
	server.Do("SET", "ab:schema", storage.Schema)
	w.eventually("they are open again", func() bool { return b.fleet.state().serving == 2 })
}
