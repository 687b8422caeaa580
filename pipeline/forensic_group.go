package pipeline

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// ProposeGroups puts together the ways that say nearly the same: each joins the
// first group of whose first way it shares most words. The same ways always give the
// same groups. Each is named by its first way.
func ProposeGroups(ways []ForensicWay) []ForensicGroup {
	var groups []ForensicGroup
	var leads []map[string]bool
	for _, way := range ways {
		words := tellingWords(way.Words)
		at := slices.IndexFunc(leads, func(lead map[string]bool) bool { return nearlyEqual(lead, words) })
		if at >= 0 {
			groups[at].Ways = append(groups[at].Ways, way.ID)
			continue
		}
		groups = append(groups, ForensicGroup{ID: way.ID, Name: way.Words, Ways: []int{way.ID}})
		leads = append(leads, words)
	}
	return groups
}

const (
	// tellingLeast is how many letters a word has that tells what a way is about;
	// shorter ones are of grammar. The first stemLength of them are compared, which
	// takes most endings away.
	tellingLeast = 4
	stemLength   = 5
	// sharedLeast of the words of the shorter way are in the other, in percent.
	sharedLeast = 60
)

// tellingWords are the beginnings of the words that tell what a way is about; all of
// them where no word is long enough.
func tellingWords(words string) map[string]bool {
	all := strings.FieldsFunc(strings.ToLower(words), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	telling := map[string]bool{}
	for _, word := range all {
		if letters := []rune(word); len(letters) >= tellingLeast {
			telling[string(letters[:min(len(letters), stemLength)])] = true
		}
	}
	if len(telling) == 0 {
		telling[strings.Join(all, " ")] = true
	}
	return telling
}

// nearlyEqual tells whether two ways share most words: at least two, or all.
func nearlyEqual(a, b map[string]bool) bool {
	shared := 0
	for word := range a {
		if b[word] {
			shared++
		}
	}
	if shared == len(a) && shared == len(b) {
		return true
	}
	return shared >= 2 && shared*100 >= sharedLeast*min(len(a), len(b))
}

// MergeGroups puts all ways of the second group into the first.
func MergeGroups(policy Policy, p Person, where Where, f Forensic, into, from int) (Forensic, error) {
	return f.regroup(policy, p, where, func(groups []ForensicGroup) ([]ForensicGroup, error) {
		a, err := f.group(into)
		if err != nil {
			return nil, err
		}
		b, err := f.group(from)
		if err != nil {
			return nil, err
		}
		if a == b {
			return nil, fieldProblems("merge-form", map[Field]string{FieldGroup: "Choose another group than this one."})
		}
		groups[a].Ways = append(slices.Clone(groups[a].Ways), groups[b].Ways...)
		slices.Sort(groups[a].Ways)
		return slices.Delete(groups, b, b+1), nil
	})
}

// RenameGroup gives a group a name, and the rule of backlog health that measures the
// same; rule is "" for none.
func RenameGroup(policy Policy, p Person, where Where, f Forensic, group int, name string, rule RuleID) (Forensic, error) {
	return f.regroup(policy, p, where, func(groups []ForensicGroup) ([]ForensicGroup, error) {
		at, err := f.group(group)
		if err != nil {
			return nil, err
		}
		wrong := map[Field]string{}
		if name = checkLine(name, FieldGroupName, ForensicWayMost, wrong); name == "" {
			wrong[FieldGroupName] = "Give it a name."
		}
		if _, known := FindHealthRule(rule); rule != "" && !known {
			wrong[FieldRule] = "Choose a rule from the list."
		}
		groups[at].Name, groups[at].Rule = name, rule
		return groups, fieldProblems("group-form", wrong)
	})
}

// SplitGroup takes a group apart: each of its ways becomes a group of its own.
func SplitGroup(policy Policy, p Person, where Where, f Forensic, group int) (Forensic, error) {
	return f.regroup(policy, p, where, func(groups []ForensicGroup) ([]ForensicGroup, error) {
		at, err := f.group(group)
		if err != nil {
			return nil, err
		}
		if len(groups[at].Ways) < 2 {
			return nil, &Problem{
				Code: "group-of-one",
				What: "There is one way in this group, so there is nothing to take apart.",
				Safe: "Nothing was changed.",
			}
		}
		var apart []ForensicGroup
		for _, way := range f.WaysOf(groups[at]) {
			apart = append(apart, ForensicGroup{ID: way.ID, Name: way.Words, Ways: []int{way.ID}})
		}
		return slices.Replace(groups, at, at+1, apart...), nil
	})
}

// regroup changes the groups while they can be changed. The id of a group is that of
// one of its ways, so that no two have the same.
func (f Forensic) regroup(policy Policy, p Person, where Where, change func([]ForensicGroup) ([]ForensicGroup, error)) (Forensic, error) {
	if err := mayLead(policy, p, where, f); err != nil {
		return f, err
	}
	if f.Phase != ForensicMerge {
		return f, phaseOver()
	}
	groups, err := change(slices.Clone(f.Groups))
	if err != nil {
		return f, err
	}
	f.Groups = groups
	return f, nil
}

// ChooseFix puts down what is done about one of the worst groups, in place of what
// was chosen before.
func ChooseFix(policy Policy, p Person, where Where, f Forensic, group int, form ExperimentForm, now time.Time) (Forensic, error) {
	if err := mayIn(policy, p, HoldForensic, where, f.Team, "A forensic session"); err != nil {
		return f, err
	}
	if f.Phase != ForensicFixes {
		return f, phaseOver()
	}
	at, err := f.group(group)
	if err != nil {
		return f, err
	}
	if at >= ForensicTop {
		return f, &Problem{
			Code: "not-among-worst",
			What: fmt.Sprintf("Fixes are chosen for the worst %d, and this is not among them.", ForensicTop),
			Safe: "Nothing was changed.",
		}
	}
	tried, err := form.check(*where.Team, p, now, "Say in a line what is done about it.")
	if err != nil {
		return f, err
	}
	fix := ForensicFix(tried)
	f.Groups = slices.Clone(f.Groups)
	f.Groups[at].Fix = &fix
	return f, nil
}

// ForensicBeside is one of the worst groups beside what is measured.
type ForensicBeside struct {
	Group ForensicGroup
	// Measured is the finding of the group's rule; nil where the rule found nothing,
	// or none was chosen.
	Measured *Finding
}

// Beside puts what the team says beside what is measured.
func (f Forensic) Beside(findings []Finding) []ForensicBeside {
	var rows []ForensicBeside
	for _, group := range f.Worst() {
		row := ForensicBeside{Group: group}
		at := slices.IndexFunc(findings, func(found Finding) bool { return group.Rule != "" && found.Rule == group.Rule })
		if at >= 0 {
			row.Measured = &findings[at]
		}
		rows = append(rows, row)
	}
	return rows
}
