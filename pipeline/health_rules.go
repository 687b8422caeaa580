package pipeline

// The rules of backlog health that alignbot knows. Their ids are stored and stay.
const (
	RuleStarved         RuleID = "starved"
	RuleOverSized       RuleID = "over-sized"
	RuleOverRefined     RuleID = "over-refined"
	RuleAllDetailed     RuleID = "all-detailed"
	RuleInAdvance       RuleID = "in-advance"
	RuleBulk            RuleID = "bulk"
	RuleOutdated        RuleID = "outdated"
	RuleZombie          RuleID = "zombie-ready"
	RuleTitleOnly       RuleID = "title-only"
	RuleNoCriteria      RuleID = "no-criteria"
	RuleFatStory        RuleID = "fat-story"
	RuleInvestSkipped   RuleID = "invest-skipped"
	RuleComponents      RuleID = "component-slicing"
	RuleCopyPaste       RuleID = "copy-paste"
	RuleDuplicates      RuleID = "duplicates"
	RuleNoThemes        RuleID = "no-themes"
	RuleOrphanOutcome   RuleID = "orphan-outcome"
	RuleSilentOutcome   RuleID = "silent-outcome"
	RuleNoLookBack      RuleID = "no-look-back"
	RuleRoadmapGap      RuleID = "roadmap-gap"
	RuleStaleCanvas     RuleID = "stale-canvas"
	RuleLateTests       RuleID = "late-tests"
	RuleVagueTests      RuleID = "vague-tests"
	RuleStorage         RuleID = "storage-for-ideas"
	RuleUndecided       RuleID = "undecided"
	RuleNothingRefused  RuleID = "nothing-refused"
	RuleBypass          RuleID = "validation-bypass"
	RuleLoneRefiner     RuleID = "lone-refiner"
	RuleDominantAuthor  RuleID = "dominant-author"
	RuleOwnerAbsent     RuleID = "owner-absent"
	RuleByProxy         RuleID = "by-proxy"
	RuleChurn           RuleID = "churn-at-the-top"
	RuleNoReady         RuleID = "no-definition-of-ready"
	RuleLittleRefined   RuleID = "too-little-refinement"
	RuleMuchRefined     RuleID = "too-much-refinement"
	RuleGoalLoose       RuleID = "goal-without-outcome"
	RuleGoalNotServed   RuleID = "goal-not-served"
	RuleOrphanWork      RuleID = "orphan-work"
	RuleNoResearch      RuleID = "no-research"
	RuleDebtIgnored     RuleID = "debt-ignored"
	RuleNoSlack         RuleID = "no-slack"
	RuleCarriedOver     RuleID = "carried-over"
	RuleReadyNotChecked RuleID = "ready-not-reviewed"
)

// limitPercent is the limit of a rule that compares with percents. It is stored and
// stays.
const limitPercent = "percent"

// A limit in percent, and one in days.
func percentLimit(words string, value float64) []HealthLimit {
	return []HealthLimit{{ID: limitPercent, Words: words, Default: value, Max: 100}}
}

func daysLimit(words string, value float64) []HealthLimit {
	return []HealthLimit{{ID: "days", Words: words, Default: value, Min: 1, Max: 365}}
}

func countLimit(words string, value float64) []HealthLimit {
	return []HealthLimit{{ID: "count", Words: words, Default: value, Min: 1, Max: 1000}}
}

const needsPace = "a velocity: close a sprint, or set it in the team's settings"

// healthRules are all rules, the most useful first.
var healthRules = []HealthRule{
	{
		ID: RuleStarved, Name: "Starved", find: starved, Least: 1, Of: needsPace + "; and a size on every idea in the Product Backlog",
		Limits: []HealthLimit{
			{ID: "warning", Words: "Warn under, in sprints of refined work", Default: 3, Max: SprintsMax},
			{ID: "alert", Words: "Alert under, in sprints", Default: 1, Max: SprintsMax, Beyond: -1},
		},
		Says:    "It warns under %s sprints of refined work, and alerts under %s.",
		Why:     "Without refined work a team starts what nobody has thought through, or waits.",
		Repairs: []RepairKind{RepairRefine, RepairCaptured},
	},
	{
		ID: RuleOverSized, Name: "Over-sized", find: overSized, Least: 1, Of: needsPace + "; and sizes",
		Limits: []HealthLimit{
			{ID: "warning", Words: "Warn from, in sprints of work of all active ideas", Default: 4, Max: 100},
			{ID: "alert", Words: "Alert over, in sprints", Default: 6, Max: 100, Beyond: 1},
		},
		Says:    "It warns from %s sprints of work in all active ideas, and alerts over %s.",
		Why:     "Nobody can keep that much in mind. What lies far away costs care now and is mostly done differently later, or never.",
		Repairs: []RepairKind{RepairPark, RepairBacklog},
	},
	{
		ID: RuleGoalLoose, Name: "Goal without an outcome", find: goalLoose, Least: 1, Of: "a sprint that runs",
		Says:    "It warns of any open sprint whose goal names no outcome.",
		Why:     "A sprint goal that serves no outcome is a list of work. Afterwards nobody can say what it was good for.",
		Repairs: []RepairKind{RepairSprint},
	},
	{
		ID: RuleGoalNotServed, Name: "Goal not served", find: goalNotServed, Least: 1, Of: "a sprint that runs, with an outcome and ideas",
		Limits:  percentLimit("Warn under, in percent of the sprint", 50),
		Says:    "It warns when less than %s %% of the sprint's size serves the outcome of its goal.",
		Why:     "When most of a sprint works on something else, the goal is decoration.",
		Repairs: []RepairKind{RepairLink, RepairSprint},
	},
	{
		ID: RuleOrphanWork, Name: "Orphan work", find: orphanWork, Least: 1, Of: "a sprint with features",
		Limits:  percentLimit("Warn over, in percent of the sprint", 10),
		Says:    "It warns when features without a path to a business outcome are more than %s %% of the sprint's size.",
		Why:     "Work that leads to no business outcome is paid for by everything that does.",
		Repairs: []RepairKind{RepairLink, RepairSprint},
	},
	{
		ID: RuleOrphanOutcome, Name: "Orphan outcome", find: orphanOutcome, Least: 1, Of: "an open outcome",
		Limits:  daysLimit("Warn after, in days", 14),
		Says:    "It warns when an open outcome has no opportunity and no idea for %s days.",
		Why:     "An outcome that nothing works towards is a wish.",
		Repairs: []RepairKind{RepairShow},
	},
	{
		ID: RuleSilentOutcome, Name: "Silent outcome", find: silentOutcome, Least: 1, Of: "an open outcome with a number",
		Limits:  daysLimit("Warn after, in days", 14),
		Says:    "It warns when nobody has given an open outcome's number for %s days.",
		Why:     "Without the number nobody knows whether the work changes anything.",
		Repairs: []RepairKind{RepairCheckIn},
	},
	{
		ID: RuleNoLookBack, Name: "No look back", find: noLookBack, Least: 3, Of: "delivered ideas whose day to look back has come",
		Limits:  percentLimit("Warn over, in percent", 30),
		Says:    "It warns when more than %s %% of the delivered ideas whose day has come have no answer to what they changed.",
		Why:     "A team that never looks back learns nothing from what it delivers.",
		Repairs: []RepairKind{RepairEffect},
	},
	{
		ID: RuleBypass, Name: "Validation bypass", find: validationBypass, Least: 5, Of: "promotions in 90 days",
		Limits:  percentLimit("Warn over, in percent of the promotions", 20),
		Says:    "It warns when more than %s %% of the promotions of 90 days went past a gate that refused.",
		Why:     "Gates that are passed by override protect nobody from unproven ideas.",
		Repairs: []RepairKind{RepairChecklists, RepairAsk},
	},
	{
		ID: RuleNothingRefused, Name: "Nothing ever refused", find: nothingRefused, Least: 10, Of: "decisions in 90 days",
		Limits:  percentLimit("Warn under, in percent of the decisions", 20),
		Says:    "It warns when less than %s %% of the decisions of 90 days parked or withdrew an idea.",
		Why:     "Most ideas do not work. Where nearly all are taken, nobody chooses.",
		Repairs: []RepairKind{RepairCaptured, RepairAsk},
	},
	{
		ID: RuleStorage, Name: "Storage for ideas", find: storageForIdeas, Least: 5, Of: "ideas captured in a journal of four weeks",
		Limits:  []HealthLimit{{ID: "ratio", Words: "Warn over, ideas that come in for each that is decided on", Default: 1.5, Min: 1, Max: 10}},
		Says:    "It warns when more than %s ideas come in, in four weeks, for each that is promoted, parked or withdrawn.",
		Why:     "A backlog that only grows is a place where ideas are put away, not a plan.",
		Repairs: []RepairKind{RepairCaptured},
	},
	{
		ID: RuleUndecided, Name: "Undecided ideas", find: undecided, Least: 1, Of: "an idea that was captured",
		Limits:  daysLimit("Warn after, in days", 30),
		Says:    "It warns when a captured idea waits %s days for a decision.",
		Why:     "People stop giving ideas when they hear nothing. A reasoned no is better than silence.",
		Repairs: []RepairKind{RepairShow, RepairPark, RepairCaptured},
	},
	{
		ID: RuleOutdated, Name: "Outdated", find: outdated, Least: 1, Of: "an idea past capture",
		Limits: []HealthLimit{
			{ID: "warning", Words: "Warn after, in days without a change", Default: 42, Min: 1, Max: 730},
			{ID: "alert", Words: "Alert after, in days", Default: 56, Min: 1, Max: 730, Beyond: 1},
			{ID: "park", Words: "Propose parking after, in days", Default: 90, Min: 1, Max: 730, Beyond: 1},
		},
		Says:    "It warns when nobody has changed an idea for %s days, alerts after %s, and proposes to park it after %s.",
		Why:     "What nobody has touched for weeks is either not wanted or not true any more.",
		Repairs: []RepairKind{RepairPark, RepairShow},
	},
	{
		ID: RuleZombie, Name: "Zombie ready", find: zombieReady, Least: 3, Of: "sprints",
		Limits:  []HealthLimit{{ID: "count", Words: "Warn from, in sprints without being chosen", Default: 3, Min: 1, Max: HealthSprints}},
		Says:    "It warns when an idea has been in the Product Backlog for %s sprints and none took it up.",
		Why:     "What is ready and never chosen is not as important as somebody thought.",
		Repairs: []RepairKind{RepairPark, RepairShow},
	},
	{
		ID: RuleNoCriteria, Name: "No acceptance criteria", find: noCriteria, Least: 1, Of: "an idea in the Product Backlog or in a sprint",
		Says:    "It warns of any idea in the Product Backlog or the open sprint without acceptance criteria.",
		Why:     "Without them nobody agrees on when it is done, and that is found out at the end.",
		Repairs: []RepairKind{RepairCriteria},
	},
	{
		ID: RuleTitleOnly, Name: "Title only", find: titleOnly, Least: 1, Of: "an idea past capture",
		Limits: []HealthLimit{
			{ID: "characters", Words: "Warn under, in characters", Default: 40, Max: 1000},
			{ID: "days", Words: "and after, in days", Default: 14, Min: 1, Max: 365},
		},
		Says:    "It warns when an idea past capture says less than %s characters beside its title, has no criteria, and is older than %s days.",
		Why:     "A title means something else to everybody who reads it.",
		Repairs: []RepairKind{RepairEdit, RepairPark},
	},
	{
		ID: RuleFatStory, Name: "Fat story", find: fatStory, Least: 1, Of: "an active idea",
		Limits: []HealthLimit{
			{ID: "criteria", Words: "Warn over, in acceptance criteria", Default: 8, Min: 1, Max: CriteriaLimit},
			{ID: "characters", Words: "or over, in characters", Default: 3000, Min: 100, Max: 3 * TextLimit},
		},
		Says:    "It warns over %s acceptance criteria, or over %s characters.",
		Why:     "Three to five criteria suffice. An idea with many is several ideas, and leaves nothing to talk about.",
		Repairs: []RepairKind{RepairShow, RepairCriteria},
	},
	{
		ID: RuleInvestSkipped, Name: "INVEST skipped", find: investSkipped, Least: 1, Of: "a sprint that runs, with ideas",
		Limits:  percentLimit("Alert over, in percent of the sprint's ideas", 20),
		Says:    "It warns of any idea in the open sprint without a passed INVEST checklist, and alerts over %s %% of them.",
		Why:     "What is not independent, valuable, small and testable makes a sprint fail late.",
		Repairs: []RepairKind{RepairValidate},
	},
	{
		ID: RuleComponents, Name: "Component slicing", find: componentSlicing, Least: 5, Of: "features in the Product Backlog",
		Limits:  percentLimit("Warn over, in percent of the features", 30),
		Says:    "It warns when more than %s %% of the features in the Product Backlog are titled by a layer: API, database, frontend.",
		Why:     "A layer alone changes nothing for anybody. Slices through all layers can be shown and measured.",
		Repairs: []RepairKind{RepairEdit},
	},
	{
		ID: RuleNoThemes, Name: "No themes", find: noThemes, Least: 5, Of: "active ideas",
		Limits:  percentLimit("Warn over, in percent of the active ideas", 20),
		Says:    "It warns when more than %s %% of the active ideas have no outcome and no opportunity.",
		Why:     "Without what they are for, ideas can only be compared by who asks the loudest.",
		Repairs: []RepairKind{RepairLink, RepairOrphans},
	},
	{
		ID: RuleRoadmapGap, Name: "Roadmap gap", find: roadmapGap, Least: 5, Of: "ideas in the Product Backlog, and an opportunity that is worked on now",
		Limits:  percentLimit("Warn over, in percent of the Product Backlog", 30),
		Says:    "It warns when more than %s %% of the Product Backlog is for nothing that is worked on now.",
		Why:     "A roadmap that the backlog does not follow tells stakeholders a story.",
		Repairs: []RepairKind{RepairLink, RepairPark},
	},
	{
		ID: RuleStaleCanvas, Name: "Stale canvas", find: staleCanvas, Least: 1, Of: "a canvas or a roadmap",
		Limits:  daysLimit("Warn after, in days", 90),
		Says:    "It warns when nobody has confirmed a canvas or roadmap for %s days.",
		Why:     "Strategy that nobody looks at does not hold work together.",
		Repairs: []RepairKind{RepairAsk},
	},
	{
		ID: RuleLateTests, Name: "Late experiments", find: lateTests, Least: 1, Of: "a test that runs",
		Limits:  []HealthLimit{{ID: "days", Words: "Warn after, in days past the deadline", Default: 7, Max: 365}},
		Says:    "It warns when nobody has said what a test showed %s days after its deadline.",
		Why:     "A test without a result has cost its price and taught nothing.",
		Repairs: []RepairKind{RepairValidate},
	},
	{
		ID: RuleVagueTests, Name: "Vague tests", find: vagueTests, Least: 1, Of: "a test",
		Says:    "It warns of any test that has begun without a number to be right at.",
		Why:     "Without a number set before, every result proves what one hoped.",
		Repairs: []RepairKind{RepairValidate},
	},
	{
		ID: RuleDuplicates, Name: "Duplicate build-up", find: duplicates, Least: 1, Of: "two ideas past capture, and a moment to compare them",
		Limits: []HealthLimit{
			{ID: "count", Words: "Warn from, in pairs", Default: 3, Min: 1, Max: 1000},
			{ID: limitPercent, Words: "that are alike, in percent", Default: 40, Min: 30, Max: 100},
		},
		Says:    "It warns from %s pairs of ideas in the Product Backlog or close to it that are alike by at least %s %%.",
		Why:     "The same wish twice splits its evidence, and may be built twice.",
		Repairs: []RepairKind{RepairShow, RepairPark},
	},
	{
		ID: RuleCopyPaste, Name: "Copy-paste ideas", find: copyPaste, Least: 1, Of: "an idea captured within four weeks",
		Limits:  countLimit("Warn from, in ideas within ten minutes", 8),
		Says:    "It warns when one person captures %s ideas with nearly the same titles, or with pasted numbers, within ten minutes.",
		Why:     "A list that is pasted in was decided elsewhere. Nobody here has asked what it is for.",
		Repairs: []RepairKind{RepairShow, RepairCaptured},
	},
	{
		ID: RuleBulk, Name: "Bulk capture", find: bulkCapture, Least: 1, Of: "an idea captured within four weeks",
		Limits:  countLimit("Warn over, in ideas a day", 30),
		Says:    "It warns when more than %s ideas are captured on one day.",
		Why:     "So many ideas at once are a plan made in advance, or a tool that was emptied into another.",
		Repairs: []RepairKind{RepairCaptured},
	},
	{
		ID: RuleInAdvance, Name: "100 % in advance", find: inAdvance, Least: 20, Of: "active ideas, in a team at least 100 days old",
		Limits:  percentLimit("Warn over, in percent of the active ideas", 60),
		Says:    "It warns when more than %s %% of the active ideas were captured in the first tenth of the team's time.",
		Why:     "What was thought out at the beginning knew least. A backlog that never changes has learned nothing.",
		Repairs: []RepairKind{RepairCaptured, RepairPark},
	},
	{
		ID: RuleOverRefined, Name: "Over-refined", find: overRefined, Least: 1, Of: needsPace + "; and sizes",
		Limits:  []HealthLimit{{ID: "warning", Words: "Warn over, in sprints of refined work", Default: 6, Max: 100}},
		Says:    "It warns over %s sprints of refined work.",
		Why:     "Detail that far ahead is mostly thrown away, and is a reason not to change the plan.",
		Repairs: []RepairKind{RepairPark, RepairBacklog},
	},
	{
		ID: RuleAllDetailed, Name: "All in detail", find: allDetailed, Least: 10, Of: "active ideas",
		Limits:  percentLimit("Warn over, in percent of the active ideas", 80),
		Says:    "It warns when more than %s %% of the active ideas have a size and criteria.",
		Why:     "Detail belongs to what comes next. Where everything has it, nothing is expected to change.",
		Repairs: []RepairKind{RepairBacklog},
	},
	{
		ID: RuleChurn, Name: "Churn at the top", find: churnAtTheTop, Least: 5, Of: "ideas that stood at the top when the last sprint began and still wait",
		Limits:  percentLimit("Warn over, in percent of them", 50),
		Says:    "It warns when more than %s %% of the first ten changed their places since the last sprint began.",
		Why:     "A team cannot prepare what changes every week. Somebody decides without an outcome in mind.",
		Repairs: []RepairKind{RepairBacklog, RepairAsk},
	},
	{
		ID: RuleByProxy, Name: "Ordered by proxy", find: byProxy, Least: 5, Of: "changes of the order in four weeks",
		Limits:  percentLimit("Warn over, in percent of the changes", 50),
		Says:    "It warns when more than %s %% of the changes of the order in four weeks were not made by a product owner.",
		Why:     "Who orders the Product Backlog answers for what it is worth. That is the product owner's part.",
		Repairs: []RepairKind{RepairBacklog, RepairAsk},
	},
	{
		ID: RuleOwnerAbsent, Name: "Product owner absent", find: ownerAbsent, Least: 3, Of: "workdays in the journal",
		Limits:  []HealthLimit{{ID: "days", Words: "Warn over, in workdays", Default: 2, Min: 1, Max: 60}},
		Says:    "It warns when no product owner has changed an idea, an outcome or a sprint, or taken part in a refinement or a review, for more than %s workdays. Votes and answers in rounds are not counted.",
		Why:     "Questions wait, and others begin to decide what is worth doing.",
		Repairs: []RepairKind{RepairAsk, RepairSettings},
	},
	{
		ID: RuleLoneRefiner, Name: "Lone refiner", find: loneRefiner, Least: 3, Of: "ideas that became ready within the journal",
		Limits: []HealthLimit{
			{ID: "people", Words: "Warn under, in different people", Default: 3, Min: 1, Max: 20},
			{ID: "percent", Words: "or over, in percent of the work by one of them", Default: 60, Max: 100},
		},
		Says:    "It warns when fewer than %s people worked on an idea before it was ready, or one did more than %s %% of that.",
		Why:     "What one person refines alone is understood by one person.",
		Repairs: []RepairKind{RepairRefine, RepairAsk},
	},
	{
		ID: RuleDominantAuthor, Name: "Dominant author", find: dominantAuthor, Least: 5, Of: "ideas in the Product Backlog",
		Limits:  percentLimit("Warn over, in percent of the Product Backlog", 80),
		Says:    "It warns when one person has written more than %s %% of the Product Backlog.",
		Why:     "Good ideas come from everybody. Where one person writes them all, the others have stopped asking or being asked.",
		Repairs: []RepairKind{RepairAsk, RepairCaptured},
	},
	{
		ID: RuleNoResearch, Name: "No research", find: noResearch, Least: 3, Of: "closed sprints",
		Says:    "It warns when the last three sprints have finished no discovery work.",
		Why:     "A team that never finds out builds on what it believed at the beginning.",
		Repairs: []RepairKind{RepairSprint},
	},
	{
		ID: RuleDebtIgnored, Name: "Technical debt ignored", find: debtIgnored, Least: 2, Of: "closed sprints with finished work",
		Limits:  percentLimit("Warn under, in percent of the finished work", 20),
		Says:    "It warns when less than %s %% of the work of the last three sprints was technical work and bugs.",
		Why:     "What is not cared for makes each later sprint slower, until nothing else is left to do.",
		Repairs: []RepairKind{RepairSprint, RepairAsk},
	},
	{
		ID: RuleNoSlack, Name: "No slack", find: noSlack, Least: 1, Of: "a sprint with a capacity",
		Limits:  percentLimit("Warn under, in percent of the capacity", 20),
		Says:    "It warns when less than %s %% of a sprint's capacity is left unplanned.",
		Why:     "Without slack the first surprise breaks the goal, and nobody has time to help or to think.",
		Repairs: []RepairKind{RepairSprint, RepairAsk},
	},
	{
		ID: RuleCarriedOver, Name: "Carried over", find: carriedOver, Least: 3, Of: "sprints",
		Limits:  []HealthLimit{{ID: "count", Words: "Warn from, in sprints in a row", Default: 3, Min: 2, Max: HealthSprints}},
		Says:    "It warns when an idea is in %s sprints in a row.",
		Why:     "What is carried on and on is too big, blocked, or not wanted.",
		Repairs: []RepairKind{RepairShow, RepairSize, RepairPark},
	},
	{
		ID: RuleLittleRefined, Name: "Too little refinement", find: tooLittleRefinement, Least: 2, Of: "sprints, and a refinement that was noted",
		Limits:  []HealthLimit{{ID: "percent", Words: "Warn under, in percent of the working time", Default: 3, Max: 100}},
		Says:    "It warns when less than %s %% of a sprint's working time goes into refinement.",
		Why:     "What is not talked through before a sprint is talked through in it.",
		Repairs: []RepairKind{RepairRefine, RepairAsk},
	},
	{
		ID: RuleMuchRefined, Name: "Too much refinement", find: tooMuchRefinement, Least: 2, Of: "sprints, and a refinement that was noted",
		Limits:  []HealthLimit{{ID: "percent", Words: "Warn over, in percent of the working time", Default: 10, Max: 100}},
		Says:    "It warns when more than %s %% of a sprint's working time goes into refinement.",
		Why:     "That is a sign of ideas that are too big or too far away, or of discussing instead of finding out.",
		Repairs: []RepairKind{RepairAsk, RepairBacklog},
	},
	{
		ID: RuleNoReady, Name: "No Definition of Ready", find: noDefinitionOfReady, Least: 1, Of: "an idea in the Product Backlog",
		Says:    "It warns when no checklist is required before an idea enters the Product Backlog.",
		Why:     "Without it “ready” means something else to everybody.",
		Repairs: []RepairKind{RepairSettings, RepairChecklists},
	},
	{
		ID: RuleReadyNotChecked, Name: "Definition of Ready not reviewed", find: readyNotReviewed, Least: 1, Of: "a Definition of Ready that was changed or confirmed",
		Limits:  daysLimit("Warn after, in days", 180),
		Says:    "It warns when nobody has changed or confirmed the Definition of Ready for %s days.",
		Why:     "A list nobody questions turns into a ritual, or into a wall between people.",
		Repairs: []RepairKind{RepairConfirm, RepairChecklists},
	},
}
