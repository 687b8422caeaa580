package storage

// A frequent word is not looked at posting by posting: of each run of postings
// its peaks say how much the word can add to the score of an idea at most, so
// that runs in which no idea can be among the best are passed over.
// https://doi.org/10.1145/2009916.2010048 (Ding and Suel, block-max indexes)

const (
	runLength = 128
	// frequentFrom is how many postings a word has that has runs.
	frequentFrom = 4 * runLength
	// stretchLength is how many docs one stretch has.
	stretchLength = 256
)

// peaks are the postings of a run that none other surpasses: the shortest ideas and,
// the longer the ideas, the higher the counts. Where there is no room for all, one
// that no idea has stands for two. Those with count 0 are not used.
type peaks [4]struct {
	length uint16
	count  uint8
}

// put takes a posting into account.
func (p *peaks) put(count uint8, length uint16) {
	var kept [len(p) + 1]struct {
		length uint16
		count  uint8
	}
	n, placed := 0, false
	add := func(length uint16, count uint8) {
		if n == 0 || kept[n-1].count < count {
			kept[n].length, kept[n].count = length, count
			n++
		}
	}
	for _, one := range p {
		if one.count == 0 {
			break
		}
		if one.length <= length && one.count >= count {
			return
		}
		if !placed && one.length >= length {
			add(length, count)
			placed = true
		}
		add(one.length, one.count)
	}
	if !placed {
		add(length, count)
	}
	if n > len(p) {
		n--
		kept[n-1].count = kept[n].count
	}
	*p = peaks{}
	copy(p[:], kept[:n])
}

// share is the most that an idea of the run gets of the word's worth.
func (p *peaks) share(by damping) (most float32) {
	for _, one := range p {
		if one.count == 0 {
			break
		}
		most = max(most, by.share(posting(one.count), indexed{length: one.length}))
	}
	return most
}

// peaksOf gives those of a run.
func peaksOf(run []posting, docs []indexed) (p peaks) {
	for _, one := range run {
		if length := docs[one>>8].length; length > 0 {
			p.put(uint8(one), length)
		}
	}
	return p
}

// appendRuns adds the peaks of the runs that have become full, if the word is
// frequent.
func appendRuns(runs []peaks, list []posting, docs []indexed) []peaks {
	for len(list) >= frequentFrom && (len(runs)+1)*runLength <= len(list) {
		runs = append(runs, peaksOf(list[len(runs)*runLength:][:runLength], docs))
	}
	return runs
}

// stretch says what ideas there are in some neighbouring docs.
type stretch struct {
	newest   int32  // the highest number of one
	readings uint64 // a bit for each of theirs, see readingBit
}

func readingBit(reading uint16) uint64 { return 1 << (reading % 64) }

// add puts the version of an idea at the end of the docs.
func (x *index) add(d indexed) {
	if len(x.docs)%stretchLength == 0 {
		x.stretches = append(x.stretches, stretch{})
	}
	x.docs = append(x.docs, d)
	last := &x.stretches[len(x.stretches)-1]
	last.newest = max(last.newest, d.number)
	last.readings |= readingBit(d.reading)
}
