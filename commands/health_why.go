package commands

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
)

// Windows about one rule of backlog health, and about all of them.

const (
	foundPage = 10 // items of a finding at once
	rulesPage = 10 // rules at once
)

// rule that a button or form names; the stale problem where none is.
func (p params) rule() (pipeline.HealthRule, error) {
	rule, known := pipeline.FindHealthRule(pipeline.RuleID(p.Get("rule")))
	if !known {
		return rule, stale
	}
	return rule, nil
}

// whyHealth opens everything about one rule, or turns its page.
func whyHealth(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	if _, err := p.rule(); err != nil {
		return Reply{}, err
	}
	return app.healthWindow(ctx, req, p)
}

// listRules opens all rules, or turns their page.
func listRules(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	return app.healthWindow(ctx, req, p)
}

// healthWindow draws the window that the value names: on top of the message it is
// opened from, in the place of the one it is turned to from.
func (app *App) healthWindow(ctx context.Context, req *Request, p params) (Reply, error) {
	return app.within(ctx, req, healthSoon, muchToLookAt(req, true, healthTitle), func(s healthScene) Reply {
		view := s.window(p, req.Channel)
		if req.Form != nil {
			return Reply{Update: view}
		}
		return Reply{Open: view}
	})
}

// redrawnHealth draws the window of a place again.
func (app *App) redrawnHealth(ctx context.Context, req *Request, at place) (*slack.ModalViewRequest, error) {
	again, p, err := app.reloaded(ctx, req, at, pipeline.ReadTeam, wantHealth)
	if err != nil {
		return nil, err
	}
	s, err := app.healthOf(ctx, again)
	if err != nil {
		return nil, err
	}
	return s.window(p, at.channel), nil
}

// window is that about one rule where the place names one, else that about all.
func (s healthScene) window(p params, channel string) *slack.ModalViewRequest {
	if rule, err := p.rule(); err == nil {
		return s.ruleView(rule, p, channel)
	}
	return s.rulesView(p.page(), channel)
}

// found is what the report says of the rule, muted or not.
func (s healthScene) found(id pipeline.RuleID) (f pipeline.Finding, found bool, needs string) {
	for _, list := range [][]pipeline.Finding{s.report.Findings, s.report.Muted} {
		for _, f := range list {
			if f.Rule == id {
				return f, true, ""
			}
		}
	}
	for _, q := range s.report.Quiet {
		if q.Rule == id {
			return f, false, q.Needs
		}
	}
	return f, false, ""
}

// ruleView draws everything about one rule: what it found with all items, from where on
// it speaks, and why that matters.
func (s healthScene) ruleView(rule pipeline.HealthRule, p params, channel string) *slack.ModalViewRequest {
	f, found, needs := s.found(rule.ID)
	first, last, number, of := pageOf(len(f.Items), p.page(), foundPage)
	here := s.value("rule", string(rule.ID), "page", strconv.Itoa(number)).set("back", p.Get("back"))
	said := []slack.RichTextElement{line(bold(rule.Name))}
	switch {
	case found:
		said = append(said, line(text(""+capital(string(f.Level))+". "+f.Found)))
	case needs != "":
		said = append(said, line(text("Too little to go by. It needs "+needs+".")))
	default:
		said = append(said, line(text("Nothing of it is found.")))
	}
	blocks := []slack.Block{rich(said...), rich(line(bold("Threshold. "), text(s.rules.Threshold(rule))), line(bold("Why it matters. "), text(rule.Why)))}
	blocks = append(blocks, s.muteNote(rule)...)
	for i, item := range f.Items[first:last] {
		blocks = append(blocks, rich(line(text(itemName(item)+"  "+item.Words))))
		if elements := s.repairs(f.ItemRepairs(item), strconv.Itoa(first+i), &here); len(elements) > 0 {
			blocks = append(blocks, buttons(elements...))
		}
	}
	if len(f.Items) > 0 {
		blocks = append(blocks, note(pageLine(number, of, len(f.Items), "item", "items")))
	}
	if of > 1 {
		blocks = append(blocks, buttons(pageButtons(actionHealthWhy, number, of, s.value("rule", string(rule.ID)).set("back", p.Get("back")))...))
	}
	var steps []slack.BlockElement
	if back := p.number("back"); back > 0 {
		steps = append(steps, button(actionHealthRules+":back", "Back to all rules", "", s.value("page", strconv.Itoa(back))))
	}
	if steps = append(steps, s.ruleSteps(rule, &here)...); len(steps) > 0 {
		blocks = append(blocks, slack.NewDividerBlock(), buttons(steps...))
	}
	return form("health.rule", pipeline.Cut(rule.Name, 24), "", metadata{Channel: channel}, blocks...)
}

// ruleSteps are what product owners and admins can do about a rule. at is the window
// they stand in.
func (s healthScene) ruleSteps(rule pipeline.HealthRule, at *params) []slack.BlockElement {
	if !s.may(pipeline.MuteRule) {
		return nil
	}
	value := func() params {
		return s.value("rule", string(rule.ID), "in", inHealth, "at", at.encode())
	}
	steps := []slack.BlockElement{button(actionHealthMute+":"+string(rule.ID), "Mute…", rule.Name, value())}
	if s.muted(rule) {
		steps[0] = button(actionHealthUnmute+":"+string(rule.ID), "Unmute", rule.Name, value())
	}
	if len(rule.Limits) > 0 {
		steps = append(steps, button(actionHealthLimits+":"+string(rule.ID), "Change the threshold…", rule.Name, value()))
	}
	return steps
}

func (s healthScene) muted(rule pipeline.HealthRule) bool {
	return s.rules.IsMuted(rule.ID, s.now.In(s.team.Location()).Format(time.DateOnly))
}

// muteNote says until when a rule is muted, by whom and why.
func (s healthScene) muteNote(rule pipeline.HealthRule) []slack.Block {
	if !s.muted(rule) {
		return nil
	}
	mute := s.rules.Muted[rule.ID]
	return []slack.Block{rich(line(bold("Muted until "+pipeline.ShowDay(mute.Until)), text(" by "), person(mute.By), text(": "+mute.Why)))}
}

// rulesView draws a page of all rules: what each says now, and from where on it
// speaks. Muted ones come first, so that none is forgotten.
func (s healthScene) rulesView(page int, channel string) *slack.ModalViewRequest {
	var rules []pipeline.HealthRule
	for _, muted := range []bool{true, false} {
		for _, rule := range pipeline.HealthRuleList() {
			if s.muted(rule) == muted {
				rules = append(rules, rule)
			}
		}
	}
	first, last, number, of := pageOf(len(rules), page, rulesPage)
	here := s.value("page", strconv.Itoa(number))
	blocks := []slack.Block{note(Mrkdwn(fmt.Sprintf("%d rules: %d found something, %d muted, %d with too little to go by.",
		len(rules), len(s.report.Findings), len(s.report.Muted), len(s.report.Quiet))))}
	for _, rule := range rules[first:last] {
		f, found, needs := s.found(rule.ID)
		state := "nothing found"
		switch {
		case found:
			state = string(f.Level) + ": " + f.Found
		case needs != "":
			state = "needs " + needs
		}
		blocks = append(blocks, rich(line(bold(rule.Name), text(" · "+state+"\n"+s.rules.Threshold(rule)))))
		blocks = append(blocks, s.muteNote(rule)...)
		elements := []slack.BlockElement{button(actionHealthWhy+":"+string(rule.ID), "Why?", rule.Name, s.value("rule", string(rule.ID), "back", strconv.Itoa(number)))}
		blocks = append(blocks, buttons(append(elements, s.ruleSteps(rule, &here)...)...))
	}
	blocks = append(blocks, note(pageLine(number, of, len(rules), "rule", "rules")))
	if of > 1 {
		blocks = append(blocks, buttons(pageButtons(actionHealthRules, number, of, s.value())...))
	}
	return form("health.rules", "Rules of backlog health", "", metadata{Channel: channel}, blocks...)
}
