package pipeline

import (
	"fmt"
	"slices"
	"time"
)

// Some anti-patterns cannot be measured, only asked: with one tap, and without
// names. What a team feels stands beside what the data say; a gap between them is
// worth a talk.

// HealthQuestion is one that a team can be asked about its backlog.
type HealthQuestion struct {
	// ID is stored and stays.
	ID    string
	Words string
	// Answers to choose from, in an order from one end to the other. They are
	// stored by their place.
	Answers []string
	// Rules that measure something of the same. Supply: the refined work does.
	Rules  []RuleID
	Supply bool
}

var (
	yesPartlyNo = []string{"Yes", "Partly", "No"}
	littleMuch  = []string{"Too little", "About right", "Too much"}
)

var healthQuestions = []HealthQuestion{
	{ID: "refined", Words: "How much refined work do we have?", Answers: littleMuch, Supply: true},
	{ID: "refinement", Words: "How much refinement do we do?", Answers: littleMuch, Rules: []RuleID{RuleLittleRefined, RuleMuchRefined}},
	{ID: "worth", Words: "When did you last question whether an idea is worth doing?", Answers: []string{"This sprint", "Longer ago", "Never"}, Rules: []RuleID{RuleNothingRefused}},
	{ID: "no", Words: "Do we trust each other to say no?", Answers: yesPartlyNo, Rules: []RuleID{RuleNothingRefused, RuleUndecided}},
	{ID: "here", Words: "Can you say without looking why our next ideas are in the Product Backlog?", Answers: yesPartlyNo, Rules: []RuleID{RuleNoThemes, RuleOrphanWork}},
	{ID: "solution", Words: "Are solutions given to us, or ours to find?", Answers: []string{"Given", "Both", "Ours to find"}},
	{ID: "expert", Words: "Did a stakeholder or an expert join a refinement this sprint?", Answers: []string{"Yes", "No", "I do not know"}, Rules: []RuleID{RuleLoneRefiner}},
	{ID: "reach", Words: "Can you reach a product owner within a day?", Answers: []string{"Yes", "Mostly", "No"}, Rules: []RuleID{RuleOwnerAbsent}},
	{ID: "roadmap", Words: "Is our roadmap believable?", Answers: yesPartlyNo, Rules: []RuleID{RuleRoadmapGap, RuleStaleCanvas}},
	{ID: "visible", Words: "Do you know where to see our roadmap?", Answers: []string{"Yes", "I would have to ask", "No"}, Rules: []RuleID{RuleStaleCanvas}},
	{ID: "goals", Words: "Are our stakeholders' goals and ours the same?", Answers: yesPartlyNo},
	{ID: "slack", Words: "Is our slack real, or on paper?", Answers: []string{"Real", "On paper", "We have none"}, Rules: []RuleID{RuleNoSlack}},
	{ID: "metric", Words: "Does our metric mean what we think it means?", Answers: []string{"Yes", "I am not sure", "We game it"}, Rules: []RuleID{RuleSilentOutcome, RuleNoLookBack}},
}

// HealthQuestions lists those that can be asked.
func HealthQuestions() []HealthQuestion { return slices.Clone(healthQuestions) }

// FindHealthQuestion gives one of them; false when there is none.
func FindHealthQuestion(id string) (HealthQuestion, bool) {
	at := slices.IndexFunc(healthQuestions, func(q HealthQuestion) bool { return q.ID == id })
	if at < 0 {
		return HealthQuestion{}, false
	}
	return healthQuestions[at], true
}

// HealthAsk asks a team some of the questions until a deadline. Nobody learns who
// answered what.
type HealthAsk struct {
	Team TeamKey `json:"-"`
	// Number within its team, from 1; given when it is stored.
	Number int `json:"-"`
	// Version counts changes, from 1; answers are not among them.
	Version int64 `json:"-"`
	// Questions by their ids, in the order of HealthQuestions.
	Questions []string  `json:"questions"`
	Started   time.Time `json:"started"`
	StartedBy string    `json:"started_by"`
	// Deadline is the moment from which no answer is taken any more.
	Deadline time.Time `json:"deadline"`
	// Closed is the zero time while it runs. ClosedBy is the user id of who closed
	// it early, "" where the deadline did.
	Closed   time.Time `json:"closed,omitzero"`
	ClosedBy string    `json:"closed_by,omitempty"`
	// Spreads of the answers, one for each question; none while it runs.
	Spreads []HealthSpread `json:"spreads,omitempty"`
}

// HealthSpread is how the answers to one question spread.
type HealthSpread struct {
	// Answers is how many people answered. Counts by the place of the answer; none
	// where fewer than AnonymousLeast did, so that nobody can be guessed.
	Answers int   `json:"answers"`
	Counts  []int `json:"counts,omitempty"`
}

// HealthAskForm is what somebody typed to ask a team: nothing checked.
type HealthAskForm struct {
	Questions []string // ids
	Days      string   // workdays to answer; "" as the team has it for ballots
}

// The limits of asking a team.
const (
	HealthAskMost     = 6  // questions at once
	HealthAskShownFor = 90 // days for which answers stand beside what is measured
)

// AskHealth asks the team what somebody chose, or says which fields to correct.
func AskHealth(policy Policy, p Person, where Where, typed HealthAskForm, now time.Time) (HealthAsk, error) {
	if err := mayIn(policy, p, AskRound, where, where.team(), "A question"); err != nil {
		return HealthAsk{}, err
	}
	wrong := map[Field]string{}
	ask := HealthAsk{Team: where.team(), Started: now, StartedBy: p.ID}
	for _, q := range healthQuestions {
		if slices.Contains(typed.Questions, q.ID) {
			ask.Questions = append(ask.Questions, q.ID)
		}
	}
	switch n := len(ask.Questions); {
	case n < len(typed.Questions):
		wrong[FieldReady] = "Choose each question once, from the list."
	case n == 0:
		wrong[FieldReady] = "Choose at least one question."
	case n > HealthAskMost:
		wrong[FieldReady] = fmt.Sprintf("At most %d questions at once; these are %d. Short rounds are answered.", HealthAskMost, n)
	}
	days, mistake := daysToVote(typed.Days, *where.Team)
	if mistake != "" {
		wrong[FieldDays] = mistake
	}
	if err := fieldProblems("health-ask-form", wrong); err != nil {
		return HealthAsk{}, err
	}
	ask.Deadline = deadlineIn(*where.Team, where.Holidays, days, now)
	return ask, nil
}

// IsOpen tells whether it is not closed yet. Answers are taken until its deadline
// only, which may have passed.
func (a HealthAsk) IsOpen() bool { return a.Closed.IsZero() }

// Answerable tells whether answers are taken.
func (a HealthAsk) Answerable(now time.Time) bool { return a.IsOpen() && now.Before(a.Deadline) }

// CheckHealthAnswer tells whether the person's answer to a question can be taken:
// the place of the answer.
func CheckHealthAnswer(policy Policy, p Person, where Where, a HealthAsk, question string, answer int, now time.Time) error {
	if err := mayIn(policy, p, AnswerHealth, where, a.Team, "A question"); err != nil {
		return err
	}
	if !a.Answerable(now) {
		return &Problem{
			Code: "health-ask-over",
			What: "The time to answer is over.",
			Safe: "The answers given before that count.",
			Next: "Say it in the thread, where everybody reads it.",
		}
	}
	q, known := FindHealthQuestion(question)
	if !known || !slices.Contains(a.Questions, question) || answer < 0 || answer >= len(q.Answers) {
		return &Problem{Code: "health-answer-unknown", What: "That is not asked here.", Safe: "Nothing was changed.", Next: "Use the buttons under the questions."}
	}
	return nil
}

// CloseHealthAsk closes it: early by a person, or at its deadline by nobody, p
// nil. answers are the places of all answers to each of its questions.
func CloseHealthAsk(policy Policy, p *Person, where Where, a HealthAsk, answers map[string][]int, now time.Time) (HealthAsk, error) {
	switch {
	case !a.IsOpen():
		return a, &Problem{Code: "health-ask-closed", What: "This is closed already.", Safe: "The answers are shown where it was asked."}
	case p != nil:
		action := CloseAnyRound
		if p.ID == a.StartedBy {
			action = AskRound
		}
		if err := mayIn(policy, *p, action, where, a.Team, "A question"); err != nil {
			return a, err
		}
		a.Closed, a.ClosedBy = now, p.ID
	case now.Before(a.Deadline):
		return a, &Problem{Code: "health-ask-runs", What: "Its deadline has not come yet.", Safe: "Nothing was changed."}
	default:
		a.Closed = a.Deadline // no answer came in after it, however late somebody looks
	}
	a.Spreads = nil
	for _, id := range a.Questions {
		q, _ := FindHealthQuestion(id)
		spread := HealthSpread{Answers: len(answers[id])}
		if spread.Answers >= AnonymousLeast {
			spread.Counts = make([]int, len(q.Answers))
			for _, place := range answers[id] {
				if place >= 0 && place < len(spread.Counts) {
					spread.Counts[place]++
				}
			}
		}
		a.Spreads = append(a.Spreads, spread)
	}
	return a, nil
}

// Spread of a question; false where it was not asked or is not closed.
func (a HealthAsk) Spread(question string) (HealthSpread, bool) {
	at := slices.Index(a.Questions, question)
	if at < 0 || at >= len(a.Spreads) {
		return HealthSpread{}, false
	}
	return a.Spreads[at], true
}

// Words say how answers spread, those that most gave first: "6 of 8 say too little,
// 2 about right".
func (s HealthSpread) Words(q HealthQuestion) string {
	if s.Counts == nil {
		if s.Answers == 0 {
			return "nobody answered"
		}
		return fmt.Sprintf("nothing is shown under %d answers", AnonymousLeast)
	}
	places := make([]int, len(s.Counts))
	for i := range places {
		places[i] = i
	}
	slices.SortStableFunc(places, func(a, b int) int { return s.Counts[b] - s.Counts[a] })
	var words []string
	for _, place := range places {
		if n := s.Counts[place]; n > 0 && place < len(q.Answers) {
			said := fmt.Sprintf("%d “%s”", n, q.Answers[place])
			if len(words) == 0 {
				said = fmt.Sprintf("%d of %d say “%s”", n, s.Answers, q.Answers[place])
			}
			words = append(words, said)
		}
	}
	return enumerate(words)
}

// Felt is what the team said to one question beside what is measured of the same.
type Felt struct {
	Question HealthQuestion
	Said     string // "6 of 8 say “Too little” and 2 “About right”"
	Measured string // a sentence or two; "" where nothing measures it
}

// Beside puts the answers of a closed round beside the report. Answers that are
// older than HealthAskShownFor days are left out.
func (r HealthReport) Beside(a HealthAsk, now time.Time) []Felt {
	if a.IsOpen() || now.Sub(a.Closed) > HealthAskShownFor*24*time.Hour {
		return nil
	}
	var felt []Felt
	for _, id := range a.Questions {
		q, known := FindHealthQuestion(id)
		spread, asked := a.Spread(id)
		if known && asked {
			felt = append(felt, Felt{Question: q, Said: spread.Words(q), Measured: r.measured(q)})
		}
	}
	return felt
}

// measured says what the data say to a question.
func (r HealthReport) measured(q HealthQuestion) string {
	if q.Supply {
		words := "The data say: " + r.Ready.Words() + " of refined work"
		if r.Ready.At >= 0 {
			words += ", " + r.Ready.Bands[r.Ready.At].Name
		}
		return words + "."
	}
	found, quiet := "", 0
	for _, rule := range q.Rules {
		for _, f := range slices.Concat(r.Findings, r.Muted) {
			if f.Rule == rule {
				found += " " + f.Found
			}
		}
		if slices.ContainsFunc(r.Quiet, func(s QuietRule) bool { return s.Rule == rule }) {
			quiet++
		}
	}
	switch {
	case len(q.Rules) == 0:
		return ""
	case found != "":
		return "The data say:" + found
	case quiet == len(q.Rules):
		return "The data say nothing yet."
	}
	return "The data show nothing of it."
}
