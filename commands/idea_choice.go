package commands

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// choiceLimit is how many ideas a menu offers at a time: more words find better
// than more options.
const choiceLimit = 20

// ideaMenu is a menu of ideas that asks for them while somebody types. chosen
// is the key of the one chosen before, "" for none.
func ideaMenu(field pipeline.Field, fresh, label, hint, chosen string) *slack.InputBlock {
	menu := slack.NewOptionsSelectBlockElement(slack.OptTypeExternal, plain("Type words of its title, or its key"), actionChoice)
	menu.MinQueryLength = new(int) // without a word the newest are offered
	if key, err := pipeline.ParseKey(chosen); err == nil {
		menu.InitialOption = option(key.String(), key.String())
	}
	return reporting(field, fresh, label, hint, menu)
}

// suggestIdeas answers a menu of ideas: those that the words find, or the
// newest of the channel's team without words. A form that was opened for one
// team gets ideas of that team only; one that is about an idea gets others, of
// its team and of those that everybody sees.
func suggestIdeas(ctx context.Context, app *App, req *Request) (Reply, error) {
	m, err := req.metadata()
	if err != nil {
		return Reply{}, err
	}
	teams, err := visibleTeams(ctx, app, req, pipeline.AddEvidence)
	if err != nil {
		return Reply{}, err
	}
	if m.Team != "" {
		teams = slices.DeleteFunc(teams, func(t pipeline.Team) bool { return t.Key != m.Team })
	}
	options := []*slack.OptionBlockObject{}
	words := pipeline.CleanLine(typed(req.Words))
	about, err := pipeline.ParseKey(m.Idea)
	if err == nil {
		teams = slices.DeleteFunc(teams, func(t pipeline.Team) bool { return !nameableBy(pipeline.Idea{Key: about}, t) })
		if words == "" {
			options = append(options, option(noneChosen, "None"))
		}
	}
	ideas, err := app.chosenFrom(ctx, req, teams, words, choiceLimit)
	if err != nil {
		return Reply{}, err
	}
	ideas = slices.DeleteFunc(ideas, func(i pipeline.Idea) bool { return i.Key == about })
	for _, idea := range ideas[:min(len(ideas), choiceLimit)] {
		options = append(options, option(idea.Key.String(), idea.Key.String()+"  "+idea.Title))
	}
	return Reply{Options: options}, nil
}

// chosenFrom gives the ideas of the teams that fit the words, the best first, of more
// than the limit as many.
func (app *App) chosenFrom(ctx context.Context, req *Request, teams []pipeline.Team, words string, limit int) ([]pipeline.Idea, error) {
	var keys []pipeline.TeamKey
	var here pipeline.TeamKey // team of the channel the person is in
	for _, team := range teams {
		keys = append(keys, team.Key)
		if team.Channel == req.Channel {
			here = team.Key
		}
	}
	switch {
	case len(keys) == 0:
		return nil, nil
	case words == "":
		list := storage.List{Team: here}
		if len(keys) == 1 {
			list.Team = keys[0]
		}
		if list.Team == "" {
			list.Author = req.Person.ID
		}
		page, err := app.Store.Page(ctx, list, 1, limit)
		return slices.DeleteFunc(page.Ideas, func(i pipeline.Idea) bool { return !slices.Contains(keys, i.Key.Team) }), err
	}
	var found []pipeline.Idea
	if key := namedKey(words, here); slices.Contains(keys, key.Team) {
		idea, err := app.Store.Idea(ctx, key)
		switch {
		case err == nil && idea.Withdrawn.IsZero():
			found = append(found, idea)
		case err != nil && !errors.Is(err, storage.ErrNotFound):
			return nil, err
		}
	}
	more, err := app.Store.Find(ctx, words, keys, limit)
	for _, idea := range more {
		if len(found) == 0 || idea.Key != found[0].Key {
			found = append(found, idea)
		}
	}
	return found, err
}

// namedKey is the key that the words are or begin with; a number alone is one
// of the team here. The zero key for none.
func namedKey(words string, here pipeline.TeamKey) pipeline.Key {
	key, err := pipeline.ParseTypedKey(words)
	if err != nil {
		first, _, _ := strings.Cut(words, " ")
		key, _ = pipeline.ParseKey(first)
		return key
	}
	if key.Team == "" {
		key.Team = here
	}
	return key
}
