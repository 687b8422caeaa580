package drawing

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"alignbot/pipeline"
)

// awkward is what people paste: long words, writing from right to left, signs
// alone, more than anybody reads, nothing.
var awkward = []string{
	strings.Repeat("Donaudampfschifffahrtsgesellschaft", 9),
	"تقليل المكالمات حول الفاتورة الأولى قبل نهاية العام",
	"🚀🚀🚀",
	strings.Repeat("a long title ", 230),
	"\u202eoverride\u202c " + fmt.Sprint(1e300),
	"請求書 पहला चालान",
	"one\n\n two\n\x00three",
	"",
}

func awkwardAt(i int) string { return awkward[i%len(awkward)] }

// boardOf has so many cards in each column, with texts that text gives.
func boardOf(cards int, text func(int) string) pipeline.HorizonBoard {
	b := pipeline.HorizonBoard{Team: "PAY", TeamName: text(0)}
	for column, h := range []pipeline.Horizon{pipeline.HorizonNow, pipeline.HorizonNext, pipeline.HorizonLater} {
		c := pipeline.HorizonColumn{Horizon: h, Certain: text(column + 1), Hints: []string{text(1), text(2), text(3)}}
		for i := range cards {
			card := pipeline.HorizonCard{
				Key: opportunityKey(i + 1), Problem: text(i), Outcome: outcomeKey(1), OutcomeWords: text(i + 1), Number: text(i + 2),
				Progress: pipeline.Progress{Known: true, Share: float64(i) - 1}, Metric: text(i + 3), Status: text(i + 4), Old: i%2 == 0, Age: text(i + 5),
				Hints: []string{text(i + 6), text(i), text(i)},
			}
			for n := range 5 {
				card.Ideas = append(card.Ideas, ideaLine(n+1, text(i+n), pipeline.Backlog))
			}
			c.Cards = append(c.Cards, card)
		}
		b.Columns = append(b.Columns, c)
	}
	return b
}

// mapOf has so many activities, tasks in each, and stories in each task.
func mapOf(activities, tasks, stories, slices int, text func(int) string) pipeline.ShownMap {
	m := pipeline.ShownMap{Map: pipeline.StoryMap{Team: "PAY", Number: 1, Name: text(0), For: text(1)}, Outcomes: map[pipeline.OutcomeKey]pipeline.SliceOutcome{}}
	for i := range slices {
		slice := pipeline.MapSlice{ID: pipeline.CardID(i + 1), Name: text(i)}
		if i%2 == 0 {
			slice.Outcome = outcomeKey(i + 1)
			m.Outcomes[slice.Outcome] = pipeline.SliceOutcome{Statement: text(i + 1), Number: text(i + 2), Closed: i%4 == 0}
		}
		m.Map.Slices = append(m.Map.Slices, slice)
	}
	n := 0
	for a := range activities {
		activity := pipeline.MapActivity{Title: text(a)}
		for i := range tasks {
			task := pipeline.MapTask{Title: text(a + i)}
			for range stories {
				n++
				task.Stories = append(task.Stories, pipeline.MapStory{Title: text(n), Slice: pipeline.CardID(n % (slices + 1)), Skeleton: n%2 == 0, Idea: pipeline.Key{Team: "PAY", Number: n % 3}})
			}
			activity.Tasks = append(activity.Tasks, task)
		}
		m.Map.Activities = append(m.Map.Activities, activity)
	}
	return m
}

// canvasOf has so many boxes in a template of its own, with columns where there are
// any.
func canvasOf(boxes, columns int, text func(int) string) pipeline.Canvas {
	t := pipeline.CanvasTemplate{ID: "own", Name: text(0)}
	c := pipeline.Canvas{Team: "PAY", Number: 1, Kind: "own", Name: text(1), Own: &t, Boxes: map[pipeline.BoxID]pipeline.Box{}}
	for i := range columns {
		t.Columns = "release"
		c.Columns = append(c.Columns, i+1)
	}
	for i := range boxes {
		id := pipeline.BoxID(fmt.Sprintf("box-%d", i))
		t.Boxes = append(t.Boxes, pipeline.BoxTemplate{
			ID: id, Title: text(i), Question: text(i + 1), Heading: i == 1,
			Where: pipeline.GridPlace{Row: i - 1, Column: i%5 + 1, Width: i % 3, Height: i%4 - 1},
		})
		for column := range columns + 1 {
			if text(i) != "" {
				c.Boxes[id.In(column)] = saying(text(i), 20*column, risky(pipeline.Risks()[i%3]))
			}
		}
	}
	return c
}

// What is too much is counted on the picture, and what is little is no reason to
// draw nothing.
func TestPicturesAreBounded(t *testing.T) {
	plain := func(i int) string { return fmt.Sprintf("What people need in the end, number %d of many", i) }
	f := ownFonts()
	for _, text := range []struct {
		name string
		of   func(int) string
	}{{"plain", plain}, {"awkward", awkwardAt}, {"empty", func(int) string { return "" }}} {
		for _, c := range []struct {
			name   string
			draw   func(Style) Picture
			hidden bool
		}{
			{"board of nothing", func(s Style) Picture { return HorizonBoard(f, pipeline.HorizonBoard{Team: "PAY"}, s) }, false},
			{"board without cards", func(s Style) Picture { return HorizonBoard(f, boardOf(0, text.of), s) }, false},
			{"board of 6", func(s Style) Picture { return HorizonBoard(f, boardOf(2, text.of), s) }, false},
			{"board of 500", func(s Style) Picture { return HorizonBoard(f, boardOf(167, text.of), s) }, true},
			{"map of nothing", func(s Style) Picture { return StoryMap(f, pipeline.ShownMap{}, s) }, false},
			{"map of activities alone", func(s Style) Picture { return StoryMap(f, mapOf(4, 0, 0, 2, text.of), s) }, false},
			{"map of 12 stories", func(s Style) Picture { return StoryMap(f, mapOf(3, 2, 2, 2, text.of), s) }, false},
			{"map of one long task", func(s Style) Picture { return StoryMap(f, mapOf(1, 1, 200, 10, text.of), s) }, true},
			{"map of 500", func(s Style) Picture { return StoryMap(f, mapOf(12, 12, 4, 10, text.of), s) }, true},
			{"canvas of nothing", func(s Style) Picture { return Canvas(f, pipeline.Canvas{Team: "PAY", Number: 1}, s) }, false},
			{"canvas without words", func(s Style) Picture {
				return Canvas(f, pipeline.Canvas{Team: "PAY", Number: 1, Kind: pipeline.LeanCanvas}, s)
			}, false},
			{"canvas of 20 boxes", func(s Style) Picture { return Canvas(f, canvasOf(20, 0, text.of), s) }, false},
			{"canvas of 200 boxes", func(s Style) Picture { return Canvas(f, canvasOf(200, 0, text.of), s) }, true},
			{"roadmap without releases", func(s Style) Picture {
				return Canvas(f, pipeline.Canvas{Team: "PAY", Number: 1, Kind: pipeline.GORoadmap}, s)
			}, false},
			{"roadmap of 60 rows and 12 releases", func(s Style) Picture { return Canvas(f, canvasOf(60, 12, text.of), s) }, true},
			{"funnel without ideas", func(s Style) Picture {
				return Funnel(f, pipeline.NewFunnel(pipeline.Team{Key: "PAY", Name: text.of(0)}, nil, nil), s)
			}, false},
			{"ledger without sprints", func(s Style) Picture {
				return Ledger(f, SprintLedger{Team: pipeline.Team{Key: "PAY", Name: text.of(0)}}, s)
			}, false},
			{"ledger of 500 sprints", func(s Style) Picture {
				return Ledger(f, SprintLedger{Technical: 20, Lines: make([]pipeline.LedgerLine, 500)}, s)
			}, true},
			{"runway of nothing", func(s Style) Picture { return Gauge(f, Runway{Team: pipeline.Team{Key: "PAY", Name: text.of(0)}}, s) }, false},
			{"burn of 500 check-ins", func(s Style) Picture { return Burn(f, sampleOutcome(), checkIns(0, make([]float64, 500)...), s) }, false},
		} {
			t.Run(c.name+", "+text.name, func(t *testing.T) {
				began := time.Now()
				p := c.draw(darkStyle)
				checkLimits(t, p)
				if c.hidden != (p.Hidden > 0) {
					t.Errorf("%d hidden", p.Hidden)
				}
				t.Logf("%v x %v in %v", p.Width, p.Height, time.Since(began))
			})
		}
	}
}

// What is missing, and what fonts lack, is drawn as words and boxes.
func TestPicturesOfLittle(t *testing.T) {
	f := ownFonts()
	learning := sampleOutcome()
	learning.Baseline, learning.Target, learning.Latest, learning.MetricBy = nil, nil, nil, "2027-01-31"
	fresh := sampleOutcome()
	fresh.Latest, fresh.Light = nil, ""
	runs, _ := sampleBallot()
	runs.Level, runs.ClosedAt, runs.Result = pipeline.Anonymous, time.Time{}, nil
	hidden := runs.MayShow(pipeline.BallotTally{Counts: map[pipeline.Choice]int{pipeline.ChoosePark: 3}})
	unknown := sampleRunway()
	unknown.Pace = pipeline.Pace{Sprints: 1}
	unknown.Ready = pipeline.Supply{Ideas: 14, Unsized: 3, At: -1, Bands: readyBands()}
	unknown.All = pipeline.Supply{Ideas: 61, At: -1, Bands: allBands()}
	empty := pipeline.HorizonBoard{Team: "PAY", Columns: []pipeline.HorizonColumn{{Horizon: pipeline.HorizonNow}, {Horizon: pipeline.HorizonNext}, {Horizon: pipeline.HorizonLater}}}
	for name, p := range map[string]Picture{
		"burn-learning":  Burn(f, learning, nil, lightStyle),
		"burn-fresh":     Burn(f, fresh, nil, lightStyle),
		"ballot-hidden":  BallotResult(f, BallotCount{Ballot: runs, Shown: hidden}, lightStyle),
		"runway-unknown": Gauge(f, unknown, darkStyle),
		"board-empty":    HorizonBoard(f, empty, lightStyle),
		"map-awkward":    StoryMap(f, mapOf(1, 2, 2, 1, awkwardAt), lightStyle),
		"canvas-awkward": Canvas(f, canvasOf(3, 0, awkwardAt), darkStyle),
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, p) })
	}
}

// A picture of a ballot tells no more than the ballot's message does.
func TestAPictureOfABallotKeepsItsSecrets(t *testing.T) {
	b, _ := sampleBallot()
	votes := []pipeline.VoteOf{
		{Voter: "UANA", Vote: pipeline.Vote{Choice: pipeline.ChooseObject, Reason: "It costs too much."}},
		{Voter: "UBEN", Vote: pipeline.Vote{Choice: pipeline.ChoosePark}},
	}
	for _, level := range pipeline.Confidentialities() {
		b.Level = level
		p := BallotResult(ownFonts(), BallotCount{Ballot: b, Shown: b.MayShow(pipeline.TallyVotes(votes))}, lightStyle)
		said := p.Alt + string(p.SVG())
		for _, secret := range []string{"UANA", "UBEN", "It costs too much"} {
			if strings.Contains(said, secret) {
				t.Errorf("the picture of an %s ballot says %q", level, secret)
			}
		}
		if counts := strings.Contains(said, "One would park it"); counts != (level != pipeline.Anonymous) {
			t.Errorf("the picture of an %s ballot of two votes has counts: %v", level, counts)
		}
	}
}

// What each kind takes from the value to its PNG, with fonts that are open.
func BenchmarkPictures(b *testing.B) {
	plain := func(i int) string { return fmt.Sprintf("What people need in the end, number %d of many", i) }
	kinds := append(contacts(),
		contact{file: "now-next-later of 36", draw: func(f *Fonts, s Style) Picture { return HorizonBoard(f, boardOf(12, plain), s) }},
		contact{file: "now-next-later of 501", draw: func(f *Fonts, s Style) Picture { return HorizonBoard(f, boardOf(167, plain), s) }},
		contact{file: "story-map of 576", draw: func(f *Fonts, s Style) Picture { return StoryMap(f, mapOf(12, 12, 4, 3, plain), s) }},
		contact{file: "canvas of 30", draw: func(f *Fonts, s Style) Picture { return Canvas(f, canvasOf(30, 0, plain), s) }})
	for _, c := range kinds {
		b.Run(c.file, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.draw(ownFonts(), lightStyle).PNG(ownFonts()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/picture")
		})
	}
}

// FuzzPictures: any board, story map and canvas is drawn within the limits.
func FuzzPictures(f *testing.F) {
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.OneOf(rapid.String(), rapid.SampledFrom(awkward)), 1, 6).Draw(t, "texts")
		text := func(i int) string { return texts[i%len(texts)] }
		n := func(most int, name string) int { return rapid.IntRange(0, most).Draw(t, name) }
		var p Picture
		switch rapid.SampledFrom([]string{"board", "map", "canvas"}).Draw(t, "kind") {
		case "board":
			p = HorizonBoard(ownFonts(), boardOf(n(30, "cards"), text), lightStyle)
		case "map":
			p = StoryMap(ownFonts(), mapOf(n(8, "activities"), n(8, "tasks"), n(8, "stories"), n(14, "slices"), text), lightStyle)
		case "canvas":
			p = Canvas(ownFonts(), canvasOf(n(60, "boxes"), n(12, "columns"), text), lightStyle)
		}
		if p.Width > SideLimit || p.Height > SideLimit || p.Alt == "" || p.Title == "" || len([]rune(p.Alt)) > AltLimit {
			t.Fatalf("%v x %v points, title %q, alt %q", p.Width, p.Height, p.Title, p.Alt)
		}
	}))
}
