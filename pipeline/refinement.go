package pipeline

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Refinement is one session in which people made ideas ready, or dropped them,
// as it was logged afterwards.
type Refinement struct {
	Team TeamKey `json:"-"`
	// Number within its team, from 1; given when it is stored.
	Number int `json:"-"`
	// Version counts changes, from 1.
	Version int64 `json:"-"`
	// Day on which it was, as in "2026-11-20".
	Day string `json:"day"`
	// People who took part, user ids, sorted.
	People []string `json:"people"`
	// Minutes it took.
	Minutes int `json:"minutes"`
	// Touched are the ideas that were talked about. Promoted and Dropped are
	// among them: what became ready and what is not pursued.
	Touched  []Key `json:"touched,omitempty"`
	Promoted []Key `json:"promoted,omitempty"`
	Dropped  []Key `json:"dropped,omitempty"`
	// By whom it was logged, and when.
	By string    `json:"by"`
	At time.Time `json:"at"`
	// CorrectedBy and Corrected tell of the last correction; "" and the zero time
	// without one.
	CorrectedBy string    `json:"corrected_by,omitempty"`
	Corrected   time.Time `json:"corrected,omitzero"`
}

// The limits of a refinement.
const (
	RefinementPeople  = 50
	RefinementMinutes = 8 * 60
	RefinementIdeas   = 50
)

// RefinementForm is what somebody typed to log a refinement: nothing checked.
type RefinementForm struct {
	Day     string
	People  []string // user ids
	Minutes string
	// Touched, Promoted and Dropped are keys of ideas.
	Touched, Promoted, Dropped []string
}

// The inputs of the refinement form, beside FieldPeople.
const (
	FieldDay      Field = "day"
	FieldMinutes  Field = "minutes"
	FieldTouched  Field = "touched"
	FieldPromoted Field = "promoted"
	FieldDropped  Field = "dropped"
)

// RefinementDays is how far back a refinement can be logged.
const RefinementDays = 90

// NewRefinement makes a refinement of what somebody typed, or says which fields
// to correct. where names the team, ideas are those named, as far as they are
// stored. Its number and version are given when it is stored.
func NewRefinement(policy Policy, p Person, where Where, form RefinementForm, ideas []Idea, now time.Time) (Refinement, error) {
	if err := mayIn(policy, p, LogRefinement, where, where.team(), "A refinement"); err != nil {
		return Refinement{}, err
	}
	return checkRefinement(form, Refinement{Team: where.team(), By: p.ID, At: now}, ideas, *where.Team, now)
}

// CorrectRefinement puts what somebody typed in the place of what was logged.
// Where nothing differs it comes back as it was.
func CorrectRefinement(policy Policy, p Person, where Where, r Refinement, form RefinementForm, ideas []Idea, now time.Time) (Refinement, error) {
	if err := mayIn(policy, p, LogRefinement, where, r.Team, "A refinement"); err != nil {
		return r, err
	}
	corrected, err := checkRefinement(form, r, ideas, *where.Team, now)
	if err != nil || corrected.Form().Equal(r.Form()) {
		return r, err
	}
	corrected.Corrected, corrected.CorrectedBy = now, p.ID
	return corrected, nil
}

// checkRefinement gives the refinement before with what was typed, cleaned, or
// what is wrong with that, all fields at once.
func checkRefinement(form RefinementForm, before Refinement, ideas []Idea, team Team, now time.Time) (Refinement, error) {
	wrong := map[Field]string{}
	r := before
	r.Day = CleanLine(form.Day)
	today := now.In(team.Location())
	switch _, err := time.Parse(time.DateOnly, r.Day); {
	case err != nil:
		wrong[FieldDay] = notADay
	case r.Day == before.Day:
	case r.Day > today.Format(time.DateOnly):
		wrong[FieldDay] = "A refinement is logged when it has been. Choose today or a day before."
	case r.Day < today.AddDate(0, 0, -RefinementDays).Format(time.DateOnly):
		wrong[FieldDay] = fmt.Sprintf("Choose one of the last %d days.", RefinementDays)
	}
	r.People = slices.Compact(slices.Sorted(slices.Values(form.People)))
	switch n := len(r.People); {
	case n == 0:
		wrong[FieldPeople] = "Choose who took part."
	case n > RefinementPeople:
		wrong[FieldPeople] = fmt.Sprintf("At most %d people; these are %d.", RefinementPeople, n)
	case slices.ContainsFunc(r.People, func(user string) bool { return !userPattern.MatchString(user) }):
		wrong[FieldPeople] = "Choose people from the list."
	}
	minutes, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(CleanLine(form.Minutes), "min")))
	if err != nil || minutes < 1 || minutes > RefinementMinutes {
		wrong[FieldMinutes] = fmt.Sprintf("A whole number of minutes from 1 to %d.", RefinementMinutes)
	}
	r.Minutes = minutes
	r.Promoted = refined(form.Promoted, FieldPromoted, before, ideas, wrong)
	r.Dropped = refined(form.Dropped, FieldDropped, before, ideas, wrong)
	for _, key := range r.Dropped {
		if slices.Contains(r.Promoted, key) {
			wrong[FieldDropped] = fmt.Sprintf("%s cannot be both ready and dropped.", key)
		}
	}
	touched := refined(form.Touched, FieldTouched, before, ideas, wrong)
	for _, key := range slices.Concat(r.Promoted, r.Dropped) {
		if !slices.Contains(touched, key) {
			touched = append(touched, key)
		}
	}
	if n := len(touched); n > RefinementIdeas {
		wrong[FieldTouched] = fmt.Sprintf("At most %d ideas; these are %d.", RefinementIdeas, n)
	}
	r.Touched = touched
	return r, fieldProblems("refinement-form", wrong)
}

// refined gives the ideas named, each once. One that was in it before may stay.
func refined(typed []string, field Field, before Refinement, ideas []Idea, wrong map[Field]string) []Key {
	var keys []Key
	for _, word := range typed {
		key, err := ParseKey(word)
		known := slices.Contains(before.Touched, key) || slices.ContainsFunc(ideas, func(i Idea) bool { return i.Key == key })
		if err != nil || key.Team != before.Team || !known {
			wrong[field] = fmt.Sprintf("Choose ideas of %s from the list.", before.Team)
			return nil
		}
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// Form gives a refinement as its form shows it.
func (r Refinement) Form() RefinementForm {
	form := RefinementForm{Day: r.Day, People: r.People, Touched: keyTexts(r.Touched), Promoted: keyTexts(r.Promoted), Dropped: keyTexts(r.Dropped)}
	if r.Minutes > 0 {
		form.Minutes = strconv.Itoa(r.Minutes)
	}
	return form
}

// Equal tells whether two fillings say the same.
func (f RefinementForm) Equal(other RefinementForm) bool {
	return f.Day == other.Day && f.Minutes == other.Minutes && slices.Equal(f.People, other.People) &&
		slices.Equal(f.Touched, other.Touched) && slices.Equal(f.Promoted, other.Promoted) && slices.Equal(f.Dropped, other.Dropped)
}

func keyTexts(keys []Key) []string {
	var texts []string
	for _, key := range keys {
		texts = append(texts, key.String())
	}
	return texts
}
