package storage

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"alignbot/pipeline"
)

// storedTemplate is a checklist as it is kept, by a team and in each run.
type storedTemplate struct {
	ID        string       `json:"id"`
	Name      string       `json:"name"`
	About     string       `json:"about,omitempty"`
	Use       string       `json:"use"`
	Forms     []string     `json:"forms,omitempty"`
	Items     []storedItem `json:"items"`
	MaxNo     *int         `json:"max_no,omitempty"`
	MaxUnsure *int         `json:"max_unsure,omitempty"`
	// Version is kept in runs; a team's own ones have it outside of this.
	Version int64 `json:"version,omitempty"`
}

type storedItem struct {
	ID         string   `json:"id"`
	Question   string   `json:"question"`
	Brief      string   `json:"brief,omitempty"`
	Help       string   `json:"help,omitempty"`
	Kind       string   `json:"kind"`
	Required   bool     `json:"required,omitempty"`
	RequiredIn []string `json:"required_in,omitempty"`
	In         []string `json:"in,omitempty"`
	Unit       string   `json:"unit,omitempty"`
	Choices    []string `json:"choices,omitempty"`
	Why        bool     `json:"why,omitempty"`
	Fact       string   `json:"fact,omitempty"`
	AtLeast    *float64 `json:"at_least,omitempty"`
	AtMost     *float64 `json:"at_most,omitempty"`
	OneOf      []string `json:"one_of,omitempty"`
	Succeed    int      `json:"succeed,omitempty"`
	Of         int      `json:"of,omitempty"`
	Strength   string   `json:"strength,omitempty"`
}

// templateText gives a template as JSON.
func templateText(t pipeline.Template) (string, error) {
	stored := storedTemplate{
		ID: string(t.ID), Name: t.Name, About: t.About, Use: string(t.Use), Forms: texts(t.Forms),
		Items: storedItems(t.Items), MaxNo: t.Pass.MaxNo, MaxUnsure: t.Pass.MaxUnsure, Version: t.Version,
	}
	text, err := json.Marshal(stored)
	return string(text), err
}

func templateOf(text string) (pipeline.Template, error) {
	var stored storedTemplate
	if err := json.Unmarshal([]byte(text), &stored); err != nil {
		return pipeline.Template{}, fmt.Errorf("a stored checklist cannot be read: %w", err)
	}
	return pipeline.Template{
		ID: pipeline.TemplateID(stored.ID), Name: stored.Name, About: stored.About, Use: pipeline.Use(stored.Use),
		Forms: named[pipeline.Form](stored.Forms), Items: itemsOf(stored.Items),
		Pass: pipeline.AnswerRule{MaxNo: stored.MaxNo, MaxUnsure: stored.MaxUnsure}, Version: stored.Version,
	}, nil
}

// ownTemplateOf reads a team's template, "version JSON".
func ownTemplateOf(text string) (pipeline.Template, error) {
	number, body, _ := strings.Cut(text, " ")
	version, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return pipeline.Template{}, fmt.Errorf("a stored checklist has an unreadable version: %w", err)
	}
	t, err := templateOf(body)
	t.Version = version
	return t, err
}

func storedItems(items []pipeline.Item) []storedItem {
	var stored []storedItem
	for _, i := range items {
		stored = append(stored, storedItem{
			ID: string(i.ID), Question: i.Question, Brief: i.Brief, Help: i.Help, Kind: string(i.Kind),
			Required: i.Required, RequiredIn: texts(i.RequiredIn), In: texts(i.In),
			Unit: i.Unit, Choices: i.Choices, Why: i.Why, Fact: string(i.Fact),
			AtLeast: i.Pass.AtLeast, AtMost: i.Pass.AtMost, OneOf: i.Pass.OneOf,
			Succeed: i.Pass.Succeed, Of: i.Pass.Of, Strength: string(i.Pass.Strength),
		})
	}
	return stored
}

func itemsOf(stored []storedItem) []pipeline.Item {
	var items []pipeline.Item
	for _, i := range stored {
		items = append(items, pipeline.Item{
			ID: pipeline.ItemID(i.ID), Question: i.Question, Brief: i.Brief, Help: i.Help, Kind: pipeline.ItemKind(i.Kind),
			Required: i.Required, RequiredIn: named[pipeline.Form](i.RequiredIn), In: named[pipeline.Form](i.In),
			Unit: i.Unit, Choices: i.Choices, Why: i.Why, Fact: pipeline.Fact(i.Fact),
			Pass: pipeline.PassRule{
				AtLeast: i.AtLeast, AtMost: i.AtMost, OneOf: i.OneOf,
				Succeed: i.Succeed, Of: i.Of, Strength: pipeline.Strength(i.Strength),
			},
		})
	}
	return items
}

// texts and named turn lists of words into plain ones and back; none stays nil.
func texts[T ~string](list []T) []string {
	var plain []string
	for _, word := range list {
		plain = append(plain, string(word))
	}
	return plain
}

func named[T ~string](list []string) []T {
	var words []T
	for _, word := range list {
		words = append(words, T(word))
	}
	return words
}
