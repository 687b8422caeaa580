package pipeline

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// ReviewAnswer is what one person says about one outcome of a review. A later
// answer takes the place of an earlier one, each of its three parts apart.
type ReviewAnswer struct {
	// By is a user id.
	By      string
	Outcome OutcomeKey
	// Evidence is "" and Confidence 0 while they said nothing about it.
	Evidence   EffectAnswer
	Confidence int
	Words      ReviewWords
}

// ReviewWords are the answers to those of the eight questions that are answered
// in words; "" for one that was left out.
type ReviewWords struct {
	Served   string `json:"served,omitempty"`
	Expected string `json:"expected,omitempty"`
	Business string `json:"business,omitempty"`
	Learned  string `json:"learned,omitempty"`
	Stop     string `json:"stop,omitempty"`
	// Again is the day on which the number is looked at again, as in "2026-12-18".
	Again string `json:"again,omitempty"`
}

// ReviewForm is what somebody typed to answer about an outcome: nothing checked.
type ReviewForm struct {
	Words      ReviewWords
	Evidence   string
	Confidence string
}

// The inputs of the form of an answer, in the order of the questions.
const (
	FieldWhatServed     Field = "review-served"
	FieldExpectedChange Field = "review-expected"
	FieldReviewEvidence Field = "review-evidence"
	FieldBusiness       Field = "review-business"
	FieldLearned        Field = "review-learned"
	FieldStop           Field = "review-stop"
	FieldConfidence     Field = "review-confidence"
	FieldLookAgain      Field = "review-again"
)

// ReviewQuestion is one of the eight that a review asks about each outcome.
type ReviewQuestion struct {
	Field Field
	Words string
}

// ReviewQuestions are those of the alignment check, in their order.
func ReviewQuestions() []ReviewQuestion {
	fields := []Field{FieldWhatServed, FieldExpectedChange, FieldReviewEvidence, FieldBusiness, FieldLearned, FieldStop, FieldConfidence, FieldLookAgain}
	questions := make([]ReviewQuestion, len(fields))
	for i, field := range fields {
		questions[i] = ReviewQuestion{Field: field, Words: alignmentCheck[i].Words}
	}
	return questions
}

// IsZero tells whether nothing was said.
func (a ReviewAnswer) IsZero() bool {
	return a.Evidence == "" && a.Confidence == 0 && a.Words == (ReviewWords{})
}

// Said gives what was answered to a question, in words; "" for nothing.
func (a ReviewAnswer) Said(question Field) string {
	switch question {
	case FieldWhatServed:
		return a.Words.Served
	case FieldExpectedChange:
		return a.Words.Expected
	case FieldReviewEvidence:
		return string(a.Evidence)
	case FieldBusiness:
		return a.Words.Business
	case FieldLearned:
		return a.Words.Learned
	case FieldStop:
		return a.Words.Stop
	case FieldConfidence:
		if a.Confidence > 0 {
			return strconv.Itoa(a.Confidence)
		}
	case FieldLookAgain:
		return a.Words.Again
	}
	return ""
}

// CheckReviewAnswer cleans what somebody typed about an outcome, or says why it
// cannot be taken. What is left empty is taken back.
func CheckReviewAnswer(policy Policy, p Person, where Where, r Review, outcome OutcomeKey, typed ReviewForm, now time.Time) (ReviewAnswer, error) {
	if err := MayAnswerReview(policy, p, where, r, outcome, now); err != nil {
		return ReviewAnswer{}, err
	}
	a := ReviewAnswer{By: p.ID, Outcome: outcome, Words: typed.Words}
	wrong := map[Field]string{}
	for _, text := range []struct {
		field Field
		words *string
	}{{FieldWhatServed, &a.Words.Served}, {FieldExpectedChange, &a.Words.Expected}, {FieldBusiness, &a.Words.Business}, {FieldLearned, &a.Words.Learned}, {FieldStop, &a.Words.Stop}} {
		*text.words = CleanText(*text.words)
		if !HasVisible(*text.words) {
			*text.words = ""
		}
		if n := Length(*text.words); n > ReviewAnswerLimit {
			wrong[text.field] = tooLong(ReviewAnswerLimit, n)
		}
	}
	if a.Words.Again = CleanLine(a.Words.Again); a.Words.Again != "" {
		a.Words.Again = dayToCome(a.Words.Again, FieldLookAgain, *where.Team, now, wrong)
	}
	if a.Evidence = EffectAnswer(typed.Evidence); a.Evidence != "" && !slices.Contains(EffectAnswers(), a.Evidence) {
		wrong[FieldReviewEvidence] = "Choose " + either(answersInWords()) + "."
	}
	if typed.Confidence != "" {
		n, err := strconv.Atoi(typed.Confidence)
		if err != nil || n < 1 || n > ReviewConfidence {
			wrong[FieldConfidence] = "A whole number from 1 to 5."
		}
		a.Confidence = n
	}
	if err := fieldProblems("review-answer-form", wrong); err != nil {
		return ReviewAnswer{}, err
	}
	return a, nil
}

func answersInWords() []string {
	var words []string
	for _, answer := range EffectAnswers() {
		words = append(words, string(answer))
	}
	return words
}

// MayAnswerReview tells why the person can answer nothing about the outcome of a
// review at this moment; nil when they can.
func MayAnswerReview(policy Policy, p Person, where Where, r Review, outcome OutcomeKey, now time.Time) error {
	if err := mayIn(policy, p, AnswerReview, where, r.Team, "A review"); err != nil {
		return err
	}
	switch {
	case !r.Asks(outcome):
		return &Problem{
			Code: "review-outcome",
			What: "This review does not ask about " + outcome.String() + ".",
			Safe: "Nothing was changed.",
			Next: "Choose one of its outcomes.",
		}
	case !r.Answerable(now):
		return &Problem{
			Code: "review-over",
			What: "The time to answer is over.",
			Safe: "The answers given before that count.",
			Next: "Reply in the thread instead.",
		}
	}
	return nil
}

// Spread is how many people answered what about an outcome.
type Spread struct {
	// People who said anything.
	People int `json:"people"`
	// Evidence counts each answer, Confidence those from 1 to 5, in that order.
	Evidence   map[EffectAnswer]int  `json:"evidence,omitempty"`
	Confidence [ReviewConfidence]int `json:"confidence"`
}

// SpreadOf the answers about one outcome.
func SpreadOf(answers []ReviewAnswer, outcome OutcomeKey) Spread {
	s := Spread{Evidence: map[EffectAnswer]int{}}
	for _, a := range answers {
		if a.Outcome != outcome || a.IsZero() {
			continue
		}
		s.People++
		if a.Evidence != "" {
			s.Evidence[a.Evidence]++
		}
		if a.Confidence >= 1 && a.Confidence <= ReviewConfidence {
			s.Confidence[a.Confidence-1]++
		}
	}
	return s
}

// Moved tells whether more than half of those who spoke about the evidence say that
// the outcome moved; known is false where nobody spoke about it.
func (s Spread) Moved() (moved, known bool) {
	said := 0
	for _, n := range s.Evidence {
		said += n
	}
	return 2*s.Evidence[EffectMoved] > said, said > 0
}

// EvidenceInWords counts the answers: "3 moved, 1 too early"; "" for none.
func (s Spread) EvidenceInWords() string {
	var said []string
	for _, answer := range EffectAnswers() {
		if n := s.Evidence[answer]; n > 0 {
			said = append(said, strconv.Itoa(n)+" "+string(answer))
		}
	}
	return strings.Join(said, ", ")
}

// ConfidenceInWords says how confident people are, and how far they are apart:
// "3.4 of 5 on average, from 2 to 5"; "" where nobody said.
func (s Spread) ConfidenceInWords() string { return confidenceInWords(s.Confidence) }

func confidenceInWords(counts [ReviewConfidence]int) string {
	people, sum, low, high := 0, 0, 0, 0
	for i, n := range counts {
		if n == 0 {
			continue
		}
		if low == 0 {
			low = i + 1
		}
		high = i + 1
		people, sum = people+n, sum+n*(i+1)
	}
	switch {
	case people == 0:
		return ""
	case low == high:
		return strconv.Itoa(low) + " of 5"
	}
	mean := strconv.FormatFloat(float64(sum)/float64(people), 'f', 1, 64)
	return mean + " of 5 on average, from " + strconv.Itoa(low) + " to " + strconv.Itoa(high)
}
