package pipeline

import "slices"

// ReadyQuestion is one that a round can ask.
type ReadyQuestion struct {
	// ID names it in forms and stays.
	ID    string
	Words string
}

// alignmentCheck looks at one outcome after work for it was finished: answered
// per outcome, not per idea, also by those who wait for it.
var alignmentCheck = []ReadyQuestion{
	{"align-served", "Which product outcome was this for, and for whom?"},
	{"align-expected", "What did we expect to change, by how much and by when?"},
	{"align-evidence", "What evidence do we have: did it move, is it too early, had it no effect, or do we not know?"},
	{"align-business", "Which business outcome should follow, and why do we believe so?"},
	{"align-learned", "What did we learn that changes the next step?"},
	{"align-stop", "What should we stop or park?"},
	{"align-confidence", "How confident are you that we reach the outcome, from 1 to 5?"},
	{"align-again", "When do we look at the number again?"},
}

// reflection looks at how a team works.
var reflection = []ReadyQuestion{
	{"reflect-line", "Where does discovery end and delivery begin for us, and does everybody see that line?"},
	{"reflect-tool", "Which tool or technique would help us most to stay aligned, and why?"},
	{"reflect-patterns", "Which are the three worst anti-patterns in our Product Backlog, and what would address them?"},
	{"reflect-parked", "How should we run our Anti-Product Backlog?"},
	{"reflect-slack", "Do we have enough time for technical excellence and slack? If not, how could we argue for it?"},
}

// ReadyQuestions lists those that a round can ask: the eight of the alignment
// check, then the five of the reflection.
func ReadyQuestions() []ReadyQuestion { return slices.Concat(alignmentCheck, reflection) }

// AlignmentRound is what the form of a round starts with to ask the whole
// alignment check.
func AlignmentRound() RoundForm { return RoundForm{Ready: idsOf(alignmentCheck), Channel: true} }

// ReflectionRound is what the form starts with to ask the whole reflection.
func ReflectionRound() RoundForm {
	return RoundForm{Ready: idsOf(reflection), Channel: true, Anonymous: true}
}

func idsOf(questions []ReadyQuestion) []string {
	var ids []string
	for _, q := range questions {
		ids = append(ids, q.ID)
	}
	return ids
}
