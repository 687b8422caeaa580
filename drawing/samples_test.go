package drawing

import (
	"strings"
	"time"

	"alignbot/pipeline"
)

// Values to draw: one of each kind as a team has it.

// sampleNow is a Friday noon.
var sampleNow = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func daysAgo(n int) time.Time { return sampleNow.AddDate(0, 0, -n) }

var sampleTeam = pipeline.Team{Key: "PAY", Name: "Payments", Zone: "UTC"}

func sampleFunnel() pipeline.Funnel {
	counts := map[pipeline.Stage]int{
		pipeline.Captured: 34, pipeline.Discovery: 12, pipeline.Validated: 6, pipeline.Backlog: 11, pipeline.Delivered: 4, pipeline.Learned: 9, pipeline.Parked: 21,
	}
	var parked []pipeline.Idea
	for stage, n := range map[pipeline.Stage]int{pipeline.Captured: 9, pipeline.Discovery: 8, pipeline.Validated: 3, pipeline.Backlog: 1} {
		for range n {
			parked = append(parked, pipeline.Idea{Parking: &pipeline.Parking{From: stage}})
		}
	}
	return pipeline.NewFunnel(sampleTeam, counts, parked)
}

// readyBands and allBands are those that a team starts with.
func readyBands() []pipeline.SupplyBand {
	return []pipeline.SupplyBand{{Name: "too little", Range: "under 3 sprints"}, {Name: "right", Range: "3 to 6 sprints", From: 3}, {Name: "too much", Range: "over 6 sprints", From: 6}}
}

func allBands() []pipeline.SupplyBand {
	return []pipeline.SupplyBand{{Name: "right", Range: "under 4 sprints"}, {Name: "much", Range: "4 to 6 sprints", From: 4}, {Name: "too much", Range: "over 6 sprints", From: 6}}
}

func sampleRunway() Runway {
	return Runway{
		Team:  sampleTeam,
		Ready: pipeline.Supply{Ideas: 14, Known: true, Sprints: 4.2, Bands: readyBands(), At: 1},
		All:   pipeline.Supply{Ideas: 61, Unsized: 23, Known: true, Sprints: 7.5, Bands: allBands(), At: 2},
		Pace:  pipeline.Pace{Work: 62, Sprints: 3, Measured: true},
	}
}

func sampleLedger() SprintLedger {
	return SprintLedger{
		Team: sampleTeam, Technical: 20, Slack: 20,
		Lines: []pipeline.LedgerLine{
			{Number: 14, Open: true, Technical: 31, TechnicalKnown: true, Slack: 12, SlackKnown: true},
			{Number: 13, Technical: 22, TechnicalKnown: true, Slack: 20, SlackKnown: true},
			{Number: 12, Technical: 9, TechnicalKnown: true},
		},
	}
}

func sampleOutcome() pipeline.Outcome {
	standing := sampleCheckIns()
	latest := standing[len(standing)-1]
	return pipeline.Outcome{
		Key: pipeline.OutcomeKey{Team: "PAY", Number: 3}, Statement: "Shops pay their first invoice without calling us",
		Kind: pipeline.ProductOutcome, Metric: "Calls about a first invoice", Unit: "calls a week", Direction: pipeline.Decrease,
		Baseline: &pipeline.Reading{Value: 120, Day: "2026-09-01"}, Target: &pipeline.Reading{Value: 40, Day: "2026-12-18"},
		Light: pipeline.Yellow, Created: daysAgo(80), Latest: &latest,
	}
}

// checkIns of these values, the last one days ago and each a week after the other.
func checkIns(last int, values ...float64) []pipeline.CheckIn {
	var all []pipeline.CheckIn
	for i, v := range values {
		light := pipeline.Lights()[i%3]
		all = append(all, pipeline.CheckIn{Number: i + 1, Value: &v, Light: light, At: daysAgo(last + 7*(len(values)-1-i)), By: "U1"})
	}
	return all
}

func sampleCheckIns() []pipeline.CheckIn {
	return checkIns(3, 118, 121, 104, 97, 99, 86, 78, 71)
}

func sampleBallot() (pipeline.Ballot, pipeline.Shown) {
	b := pipeline.Ballot{
		Idea: pipeline.Key{Team: "PAY", Number: 12}, ID: 1, Question: pipeline.AskPursue, Level: pipeline.Confidential,
		Electorate: strings.Fields(strings.Repeat("U ", 14)), Quorum: pipeline.Quorum{Percent: 50},
		Started: daysAgo(4), ClosedAt: daysAgo(1),
		Result: &pipeline.Result{Advice: pipeline.AdviseFor, Voted: 11, Because: "Two object, six would pursue it, one would park it and two have no opinion."},
	}
	t := pipeline.BallotTally{Counts: map[pipeline.Choice]int{pipeline.ChoosePursue: 6, pipeline.ChoosePark: 1, pipeline.ChooseObject: 2, pipeline.ChooseNoOpinion: 2}}
	return b, b.MayShow(t)
}

func sampleMap() pipeline.StoryMap {
	m := pipeline.StoryMap{
		Team: "PAY", Number: 2, Name: "Paying the first invoice", For: "A shop owner in their first week", Created: daysAgo(30), Changed: daysAgo(2),
		Slices: []pipeline.MapSlice{
			{ID: 1, Name: "Walks on its own", Outcome: pipeline.OutcomeKey{Team: "PAY", Number: 3}},
			{ID: 2, Name: "Explains itself", Outcome: pipeline.OutcomeKey{Team: "PAY", Number: 5}},
			{ID: 3, Name: "Someday"},
		},
	}
	id := pipeline.CardID(10)
	next := func() pipeline.CardID { id++; return id }
	story := func(title string, slice pipeline.CardID, skeleton bool, idea int) pipeline.MapStory {
		s := pipeline.MapStory{ID: next(), Title: title, Slice: slice, Skeleton: skeleton}
		if idea > 0 {
			s.Idea = pipeline.Key{Team: "PAY", Number: idea}
		}
		return s
	}
	task := func(title string, stories ...pipeline.MapStory) pipeline.MapTask {
		return pipeline.MapTask{ID: next(), Title: title, Stories: stories}
	}
	m.Activities = []pipeline.MapActivity{
		{ID: 2, Title: "Receive the invoice", Tasks: []pipeline.MapTask{
			task("Get told that it is there", story("A mail with the amount and the day", 1, true, 12), story("A message in the app", 2, false, 0)),
			task("See what it is for", story("Lines with what was ordered", 1, false, 14), story("A picture of each delivery", 3, false, 0), story("Last month beside this one", 2, false, 15)),
		}},
		{ID: 3, Title: "Pay", Tasks: []pipeline.MapTask{
			task("Choose how", story("Direct debit alone", 1, true, 0), story("Card", 2, false, 18), story("In three parts", 0, false, 0)),
			task("Confirm", story("One button, and a receipt", 1, true, 0)),
		}},
		{ID: 4, Title: "Put it in the books", Tasks: []pipeline.MapTask{
			task("Hand it to the accountant", story("Download as PDF", 1, true, 0), story("Send each month by itself", 2, false, 21)),
		}},
	}
	return m
}

func sampleShownMap() pipeline.ShownMap {
	return pipeline.ShownMap{
		Map: sampleMap(),
		Outcomes: map[pipeline.OutcomeKey]pipeline.SliceOutcome{
			{Team: "PAY", Number: 3}: {Statement: "Shops pay their first invoice without calling us", Number: "71 calls a week, target 40"},
			{Team: "PAY", Number: 5}: {Statement: "Nobody asks what an invoice is for", Number: "18 %, target 5"},
		},
		Stages: map[pipeline.Key]pipeline.Stage{
			{Team: "PAY", Number: 12}: pipeline.Delivered, {Team: "PAY", Number: 14}: pipeline.Backlog, {Team: "PAY", Number: 15}: pipeline.Discovery,
		},
	}
}

func sampleBoard() pipeline.HorizonBoard {
	card := func(n int, problem string, change func(*pipeline.HorizonCard)) pipeline.HorizonCard {
		c := pipeline.HorizonCard{
			Key: pipeline.NodeKey{Team: "PAY", Kind: pipeline.OpportunityNode, Number: n}, Problem: problem,
			Outcome: pipeline.OutcomeKey{Team: "PAY", Number: 3}, OutcomeWords: "Shops pay their first invoice without calling us",
			Age: "confirmed 3 days ago", Confirmed: daysAgo(3),
		}
		change(&c)
		return c
	}
	idea := func(n int, title string, stage pipeline.Stage) pipeline.IdeaLine {
		return pipeline.IdeaLine{Key: pipeline.Key{Team: "PAY", Number: n}, Title: title, Stage: stage}
	}
	return pipeline.HorizonBoard{
		Team: "PAY", TeamName: "Payments", NotNow: 4, Undecided: 2,
		Columns: []pipeline.HorizonColumn{
			{Horizon: pipeline.HorizonNow, Certain: "scoped and staffed", Cards: []pipeline.HorizonCard{
				card(2, "“I do not know what this invoice is for, so I call.”", func(c *pipeline.HorizonCard) {
					c.Number, c.Progress = "71 calls a week, target 40", pipeline.Progress{Known: true, Share: 0.61}
					c.Metric = "Calls about a first invoice"
					c.Ideas = []pipeline.IdeaLine{idea(12, "Say what each line was ordered for", pipeline.Backlog), idea(14, "A picture of the delivery", pipeline.Discovery)}
					c.MoreIdeas, c.Status = 2, "1 in the Product Backlog, 3 in discovery"
				}),
				card(4, "“I paid, and they still remind me.”", func(c *pipeline.HorizonCard) {
					c.Metric, c.Status = "Reminders after the money came", "1 in the Product Backlog"
					c.Ideas = []pipeline.IdeaLine{idea(21, "Match payments twice a day", pipeline.Backlog)}
				}),
			}},
			{Horizon: pipeline.HorizonNext, Certain: "in discovery", Cards: []pipeline.HorizonCard{
				card(5, "“My accountant wants it in another form.”", func(c *pipeline.HorizonCard) { c.Status = "2 in discovery" }),
				card(7, "“Three parts would be easier in a slow month.”", func(c *pipeline.HorizonCard) {
					c.Outcome, c.OutcomeWords = pipeline.OutcomeKey{}, ""
					c.Hints = []string{"It serves no outcome. Hang it under one."}
				}),
			}},
			{Horizon: pipeline.HorizonLater, Certain: "a problem, no more", Cards: []pipeline.HorizonCard{
				card(9, "“I have shops in two countries.”", func(c *pipeline.HorizonCard) { c.Old, c.Age = true, "not confirmed for 112 days" }),
			}},
		},
	}
}

func saying(text string, confirmed int, change ...func(*pipeline.Box)) pipeline.Box {
	b := pipeline.Box{Text: text, By: "U1", At: daysAgo(confirmed), Confirmed: daysAgo(confirmed)}
	for _, c := range change {
		c(&b)
	}
	return b
}

func risky(r pipeline.Risk) func(*pipeline.Box) { return func(b *pipeline.Box) { b.Risk = r } }

func sampleCanvas() pipeline.Canvas {
	return pipeline.Canvas{
		Team: "PAY", Number: 3, Kind: pipeline.LeanCanvas, Name: "Invoices for small shops", Owner: "U1", Began: daysAgo(60),
		Boxes: map[pipeline.BoxID]pipeline.Box{
			"segments":     saying("Shops with one to five people\nThey do the books themselves in the evening", 3),
			"problem":      saying("They cannot tell what an invoice is for\nThey are reminded after they paid\nTheir accountant wants another form", 3, risky(pipeline.RiskHigh), func(b *pipeline.Box) { b.Outcome = pipeline.OutcomeKey{Team: "PAY", Number: 3} }),
			"alternatives": saying("They call us; or a drawer and a friend who knows", 45),
			"value":        saying("The first invoice explains itself, so that paying it takes one minute and no call.", 3, risky(pipeline.RiskMedium)),
			"solution":     saying("Lines that say what was ordered\nA mail with the amount and the day\nOne button to pay, and a receipt", 12, risky(pipeline.RiskHigh), func(b *pipeline.Box) { b.Test = pipeline.BoxTest{Idea: pipeline.Key{Team: "PAY", Number: 14}, Run: 2} }),
			"channels":     saying("The mail that they get anyway\nTheir accountant", 12),
			"revenue":      saying("0.4 % of each payment\nNothing for the invoice itself", 12, risky(pipeline.RiskLow)),
			"cost":         saying("Two people for a quarter\n0.08 % to the bank", 61),
			"metrics":      saying("Calls about a first invoice\nDays from invoice to payment", 3),
		},
	}
}

func sampleRoadmap() pipeline.Canvas {
	c := pipeline.Canvas{
		Team: "PAY", Number: 4, Kind: pipeline.GORoadmap, Name: "Roadmap of Payments", Owner: "U1", Began: daysAgo(60), Columns: []int{1, 2, 4}, LastColumn: 4,
		Boxes: map[pipeline.BoxID]pipeline.Box{},
	}
	for column, texts := range map[int][]string{
		1: {"January 2027", "Explains itself", "Shops pay their first invoice without calling us", "Lines that say what was ordered\nA mail with the amount and the day\nOne button to pay", "Calls about a first invoice: from 120 to 40 a week"},
		2: {"Second quarter 2027", "In the books", "The accountant takes it as it is", "Download in three forms\nSent each month by itself", "Shops that download nothing by hand: from 10 % to 60 %"},
		4: {"Later in 2027", "Two countries", "A shop keeps one drawer, not two", "", ""},
	} {
		for i, id := range []pipeline.BoxID{"when", "name", "goal", "features", "metrics"} {
			if texts[i] != "" {
				c.Boxes[id.In(column)] = saying(texts[i], 10*column)
			}
		}
	}
	return c
}
