package bot

import (
	"strconv"
	"testing"
)

func TestDoingsRememberUpToALimitOfBytes(t *testing.T) {
	d := doings{byAct: map[string]*doing{}}
	act := func(id string, size int, again bool) {
		t.Helper()
		own, mine := d.begin(id)
		if !mine {
			t.Fatalf("%s is somebody else's", id)
		}
		d.finish(own, make([]byte, size), again)
	}
	const size = answerLimit / 8
	slow, _ := d.begin("slow")
	for i := range 12 {
		act(strconv.Itoa(i), size, false)
	}
	if d.bytes != answerLimit || len(d.byAct) != 8 || len(d.order) != 8 {
		t.Errorf("%d bytes of %d acts are remembered", d.bytes, len(d.byAct))
	}
	if before, mine := d.begin("11"); mine || len(before.answer) != size {
		t.Error("the last answer is forgotten")
	}
	if _, mine := d.begin("0"); !mine {
		t.Error("the first act is still remembered")
	}
	d.finish(slow, make([]byte, size), false) // forgotten while it was under way
	act("", size, false)
	act("again", size, true)
	act("again", 0, false) // in the place of the first try
	total := 0
	for _, one := range d.byAct {
		total += len(one.answer)
	}
	if d.bytes != total {
		t.Errorf("%d bytes are counted, %d kept", d.bytes, total)
	}
}
