package storage

import (
	"math"
	"slices"
)

// postingsMost bounds how many postings a query looks at for ideas that frequent
// words alone bring in. What is beyond it stands in older ideas, and in so many that
// it says next to nothing.
const postingsMost = 100_000

// walker is how far a frequent word was walked through, the newest docs first.
type walker struct {
	clue
	run   int     // the one it is at; -1 behind the last
	first uint32  // doc of the run
	most  float32 // that the run adds to the score of an idea
	rest  float32 // that this and the following clues add
}

func (w *walker) moveTo(run int, x *index, by damping) {
	w.run, w.most = run, 0
	if run < 0 {
		return
	}
	w.first = uint32(w.list[run*runLength] >> 8)
	if run < len(w.runs) {
		w.most = w.worth * w.runs[run].share(by)
	} else { // it is not full yet
		last := peaksOf(w.list[run*runLength:], x.docs)
		w.most = w.worth * last.share(by)
	}
}

// within gives the postings of the run of docs from one to before another.
func (w *walker) within(from, end uint32) []posting {
	if w.run < 0 {
		return nil
	}
	run := w.list[w.run*runLength : min((w.run+1)*runLength, len(w.list))]
	run = postingsFrom(run, from)
	return run[:len(run)-len(postingsFrom(run, end))]
}

// walk goes through the docs from the newest to the oldest and scores those that
// frequent words may bring among the best. Between the beginnings of two runs all
// words stay in theirs, so there one bound holds for all docs.
func (x *index) walk(s *sheet, by damping, frequent []clue) {
	walkers := make([]walker, len(frequent))
	for i, c := range frequent {
		walkers[i].clue = c
		walkers[i].moveTo((len(c.list)-1)/runLength, x, by)
	}
	for end := uint32(len(x.docs)); s.looked < postingsMost; {
		var from uint32
		var most float32 // in the order in which scores are summed up, so rounded no lower
		left := false
		for i := range walkers {
			if w := &walkers[i]; w.run >= 0 {
				left = true
				from = max(from, w.first)
				most += w.most
			}
		}
		if !left {
			return
		}
		if !s.full() || most >= s.best[s.limit-1].score {
			if bar := x.bar(s, from, end); most >= bar {
				x.look(s, by, walkers, from, end, most, bar)
			}
		}
		for i := range walkers {
			if w := &walkers[i]; w.run >= 0 && w.first == from {
				w.moveTo(w.run-1, x, by)
			}
		}
		end = from
	}
}

// bar is the lowest score with which one of the docs may be among the best.
func (x *index) bar(s *sheet, from, end uint32) float32 {
	bar, oldest := float32(0), int32(math.MinInt32)
	if s.full() {
		last := s.best[s.limit-1]
		bar, oldest = last.score, x.docs[last.doc].number
	}
	wanted, newer := false, false
	for _, t := range x.stretches[from/stretchLength : (end-1)/stretchLength+1] {
		if t.readings&s.readings != 0 {
			wanted = true
			newer = newer || t.newest >= oldest
		}
	}
	switch {
	case !wanted:
		return math.MaxFloat32
	case !newer: // the same score is not enough
		return math.Nextafter32(bar, math.MaxFloat32)
	}
	return bar
}

// rounding is more than sums of the same in another order differ by.
const rounding = 1 + 1e-4

// look scores those of the docs that may reach the bar. most is the sum of what the
// walkers add.
func (x *index) look(s *sheet, by damping, walkers []walker, from, end uint32, most, bar float32) {
	s.some = s.some[:0]
	required := 0
	for i := range walkers {
		w := &walkers[i]
		if w.run < 0 || most-w.most > bar*rounding || without(walkers, i) >= bar {
			continue
		}
		if required++; required == 1 {
			x.bringIn(s, w.within(from, end))
		} else {
			s.some = s.keepOnly(w.within(from, end))
		}
		if len(s.some) == 0 {
			return
		}
	}
	if required > 0 {
		for i := range walkers {
			w := &walkers[i]
			x.addTo(s, by, w.worth, w.within(from, end), s.some)
		}
	} else {
		x.lookAtAll(s, by, walkers, from, end, bar)
	}
	for _, n := range s.some {
		x.offer(s, n)
		s.scores[n] = 0
	}
}

// without sums up what all walkers but one add, in their order.
func without(walkers []walker, one int) (most float32) {
	for i := range walkers {
		if i != one {
			most += walkers[i].most
		}
	}
	return most
}

// bringIn gives some the docs of the postings that are wanted and not scored before.
func (x *index) bringIn(s *sheet, list []posting) {
	s.looked += len(list)
	for _, p := range list {
		if n := uint32(p >> 8); s.scores[n] == 0 && x.wants(s, n) {
			s.some = append(s.some, n)
		}
	}
}

// keepOnly gives those of some that have a posting.
func (s *sheet) keepOnly(list []posting) []uint32 {
	return slices.DeleteFunc(s.some, func(n uint32) bool {
		list = postingsFrom(list, n)
		return len(list) == 0 || uint32(list[0]>>8) != n
	})
}

// lookAtAll scores the docs where no single word is required. What the last words
// bring alone may be too little: then they only add to others.
func (x *index) lookAtAll(s *sheet, by damping, walkers []walker, from, end uint32, bar float32) {
	var rest float32
	for i := len(walkers) - 1; i >= 0; i-- {
		rest += walkers[i].most
		walkers[i].rest = rest * rounding
	}
	for i := range walkers {
		w := &walkers[i]
		only := w.rest < bar
		list := w.within(from, end)
		s.looked += len(list)
		for _, p := range list {
			n := uint32(p >> 8)
			if s.scores[n] == 0 && !only && x.wants(s, n) {
				s.some = append(s.some, n)
				s.scores[n] = w.worth * by.share(p, x.docs[n])
			} else if s.scores[n] > 0 {
				s.scores[n] += w.worth * by.share(p, x.docs[n])
			}
		}
	}
}
