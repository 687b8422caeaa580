package llm

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"alignbot/pipeline"

	"github.com/google/go-cmp/cmp"
)

func TestTheOutcomeThatSaysTheSameIsFirst(t *testing.T) {
	got := Rank(payments(), 3)
	if len(got) == 0 || got[0].Key != outcome(1) || got[0].FromModel || got[0].Score <= 0 || got[0].Score > 1 {
		t.Fatalf("%+v", got)
	}
	if again := Rank(payments(), 3); !cmp.Equal(got, again) {
		t.Errorf("asked again: %+v", again)
	}
	q := payments()
	slices.Reverse(q.Candidates)
	if turned := Rank(q, 3); !cmp.Equal(got, turned) {
		t.Errorf("with the candidates in another order: %+v, %+v", got, turned)
	}
}

func TestWhyNamesTheEvidence(t *testing.T) {
	for title, want := range map[string]string{
		"Late fee":                      "like PAY-4 “Late fee on overdue invoices”, which serves it",
		"Customers often forget a bill": "close to its opportunity “Customers forget that a bill is due”",
		"Fewer days until payment":      "close to its metric “days from invoice to payment”",
		"Money comes sooner":            "close to its statement",
	} {
		got := Rank(Question{Title: title, Candidates: payments().Candidates}, 1)
		if len(got) != 1 || got[0].Key != outcome(1) || got[0].Why != want {
			t.Errorf("%s: %+v, want %q", title, got, want)
		}
	}
}

func TestNothingIsSuggestedWhenNothingIsNear(t *testing.T) {
	candidates := payments().Candidates
	for name, q := range map[string]Question{
		"nothing in common": {Title: "Zebra crossing", Candidates: candidates},
		"grammar alone":     {Title: "Why is it that we have to be on the", Candidates: candidates},
		"empty":             {Candidates: candidates},
		"no candidates":     {Title: "Late fee"},
		"empty candidates":  {Title: "Late fee", Candidates: make([]Candidate, 3)},
		"no words":          {Title: "🎉 !!! —", Candidates: candidates},
	} {
		if got := Rank(q, 5); len(got) > 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := Rank(payments(), 0); len(got) > 0 {
		t.Errorf("none wanted: %+v", got)
	}
	if got := Rank(payments(), -1); len(got) > 0 {
		t.Errorf("less than none wanted: %+v", got)
	}
}

func TestWhatWasDismissedIsNotSuggestedAgain(t *testing.T) {
	q := payments()
	q.Dismissed = []pipeline.NodeKey{outcome(1)}
	if got := Rank(q, 5); slices.ContainsFunc(got, func(s Suggestion) bool { return s.Key == outcome(1) }) {
		t.Errorf("%+v", got)
	}
}

// TestFeedbackTeaches: of two outcomes that fit alike, the one whose suggestions
// people accept comes first; it does not outweigh what the texts say.
func TestFeedbackTeaches(t *testing.T) {
	q := Question{Title: "Export invoices", Candidates: []Candidate{
		{Key: outcome(1), Statement: "Bookkeepers export invoices faster"},
		{Key: outcome(2), Statement: "Bookkeepers export invoices safely"},
		{Key: outcome(3), Statement: "Visitors find their way to the exporter"},
	}}
	first := func(feedback map[pipeline.NodeKey]Feedback) int {
		q.Feedback = feedback
		return Rank(q, 3)[0].Key.Number
	}
	for name, c := range map[string]struct {
		feedback map[pipeline.NodeKey]Feedback
		want     int
	}{
		"none":             {nil, 1},
		"one dismissed":    {map[pipeline.NodeKey]Feedback{outcome(1): {Dismissed: 3}}, 2},
		"other accepted":   {map[pipeline.NodeKey]Feedback{outcome(2): {Accepted: 3}}, 2},
		"one accepted":     {map[pipeline.NodeKey]Feedback{outcome(1): {Accepted: 5, Dismissed: 1}}, 1},
		"far one accepted": {map[pipeline.NodeKey]Feedback{outcome(3): {Accepted: 1000}}, 1},
		"nonsense":         {map[pipeline.NodeKey]Feedback{outcome(1): {Accepted: -5, Dismissed: -9}}, 1},
	} {
		if got := first(c.feedback); got != c.want {
			t.Errorf("%s: PAY-O%d is first, want PAY-O%d", name, got, c.want)
		}
	}
}

func TestOtherLanguagesAreRead(t *testing.T) {
	for name, c := range map[string]struct {
		language            pipeline.Language
		title, right, wrong string
	}{
		"German compounds":  {pipeline.NoLanguage, "Lieferscheinscanner", "Scannen von Lieferscheinen", "Rechnungen ausdrucken"},
		"Japanese":          {pipeline.NoLanguage, "請求書をPDFで出力", "請求書の発行が速い", "パスワードを忘れない"},
		"Hungarian endings": {"hungarian", "Számlákat küldeni", "Gyorsabb a számlák kifizetése", "Kevesebb hiba a raktárban"},
		"Russian endings":   {"russian", "Напоминание о счетах", "Счета оплачивают быстрее", "Меньше ошибок на складе"},
		"width and case":    {pipeline.English, "ＩＮＶＯＩＣＥ", "invoices are paid", "nothing is lost"},
		"unknown":           {"klingon", "export der Daten", "Daten exportieren", "Farben"},
	} {
		got := Rank(Question{Title: c.title, Language: c.language, Candidates: []Candidate{
			{Key: outcome(1), Statement: c.wrong}, {Key: outcome(2), Statement: c.right},
		}}, 2)
		if len(got) == 0 || got[0].Key != outcome(2) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// manyOutcomes is a question with as many texts as are read, of words that are
// mostly different.
func manyOutcomes(outcomes int) Question {
	random := rand.New(rand.NewPCG(1, 2))
	words := make([]string, 10_000)
	for i := range words {
		word := make([]byte, 4+random.IntN(8))
		for j := range word {
			word[j] = byte('a' + random.IntN(26))
		}
		words[i] = string(word)
	}
	say := func(n int) string {
		said := make([]string, n)
		for i := range said {
			said[i] = words[int(float64(len(words))*random.Float64()*random.Float64())]
		}
		return strings.Join(said, " ")
	}
	q := Question{Title: say(8), Problem: say(40), Measure: say(12)}
	for n := range outcomes {
		c := Candidate{Key: outcome(n + 1), Statement: say(10), Metric: say(6), Opportunities: []string{say(8), say(8), say(8)}}
		for i := range LinkedMost {
			c.Linked = append(c.Linked, Linked{Key: idea(i + 1), Title: say(8), Problem: say(40)})
		}
		q.Candidates = append(q.Candidates, c)
	}
	return q
}

func BenchmarkRank(b *testing.B) {
	for _, n := range []int{8, 200} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			q := manyOutcomes(n)
			for b.Loop() {
				Rank(q, 3)
			}
		})
	}
}

// TestRankTakesTextsApartOnce: what texts say is worked out for the first question
// and not again, so that later ones take a small part of the time.
func TestRankTakesTextsApartOnce(t *testing.T) {
	q := manyOutcomes(50)
	forget()
	first := testing.AllocsPerRun(1, func() { forget(); Rank(q, 3) })
	if later := testing.AllocsPerRun(5, func() { Rank(q, 3) }); later > first/20 {
		t.Errorf("%.0f allocations, and %.0f of the first question", later, first)
	}
}

// TestRankForgets: what is kept of texts is bounded, and changes no answer, however
// many ask and in which language.
func TestRankForgets(t *testing.T) {
	forget()
	want := Rank(payments(), 3)
	var asking sync.WaitGroup
	for worker := range 4 {
		asking.Go(func() {
			for i := range 60 {
				q := payments()
				if i%2 == 0 {
					q.Language = "french"
				}
				for n := range 200 { // texts of which no other has a word
					said := fmt.Sprintf("w%dx%dx%d", worker, i, n)
					q.Candidates = append(q.Candidates, Candidate{Key: outcome(10 + n), Statement: said, Metric: said + "a " + said + "b"})
				}
				Rank(q, 3)
				if got := Rank(payments(), 3); !cmp.Equal(want, got) {
					t.Errorf("%+v, want %+v", got, want)
				}
			}
		})
	}
	asking.Wait()
	texts, words := 0, 0
	for _, v := range lately.vocabularies {
		texts += len(v.texts)
		words += len(v.words)
	}
	if texts > textsKept+1000 || words > wordsKept+1000 || texts == 0 {
		t.Errorf("%d texts and %d words are kept", texts, words)
	}
}

func forget() {
	lately.mu.Lock()
	defer lately.mu.Unlock()
	lately.vocabularies = nil
}

// TestRankIsQuick has room for slow machines; BenchmarkRank measures.
func TestRankIsQuick(t *testing.T) {
	q := manyOutcomes(500)
	begun := time.Now()
	if got := Rank(q, 3); len(got) == 0 {
		t.Error("nothing is near")
	}
	if took := time.Since(begun); took > time.Second {
		t.Errorf("it took %s", took)
	}
}
