package storage

// Schema is the version of what this file describes. It grows when an older
// alignbot could no longer work with what a newer one writes; new fields alone
// do not raise it, because fields that are not known here are kept as they
// are. A store of a newer schema is refused.
const Schema = 1

// Keys of the whole database:
//
//	ab:schema         string  Schema of what is stored
//	ab:workspaces     set     ids of the workspaces
//	ab:ready:{TOKEN}  string  what Ready writes and takes away; one minute
//	ab:restoring      string  when a restore began; gone when it is complete
//
// Keys of one workspace, all prefixed ab:{ID}: so that they share a slot.
// Times are Unix milliseconds. A field that would be empty is left out of
// ideas and teams. Where no lifetime is given, it is for ever.
//
//	seq                  string  number of the latest change in the workspace
//	changes              stream  one entry N-1 for change N, field idea = its
//	                             key, or team = the key of one whose language
//	                             or synonyms changed; the newest 4096 or a few more; not part
//	                             of a backup
//	idea:KEY             hash    key title problem measure evidence stage author
//	                             created version withdrawn withdrawn_by work size;
//	                             changed: left out while it is created;
//	                             staged: when it came to its stage, left out while
//	                             that is created; outcomes: the nodes it is linked
//	                             to, "PAY-O1,PAY-P2", the primary one first;
//	                             dismissed: nodes that somebody said it is not for;
//	                             effect: JSON, what it is expected to change and
//	                             what it did; criteria: JSON list;
//	                             for:do for:say for:opinion against:do …: pieces
//	                             of evidence; evidence_authors: different people;
//	                             order: the seq of its capture; stage_order: the
//	                             seq of coming to its stage, left out while that
//	                             is order; rank: its place in the order of the
//	                             Product Backlog, left out until somebody moves
//	                             it or one beside it; runs, ballots: how many there are;
//	                             ballot: number of the one that runs;
//	                             source: "channel ts thread"; permalink;
//	                             card: "channel ts"; parking: JSON, while it is
//	                             parked; parkings: how often it was; asked:
//	                             different people who asked again since it was;
//	                             weighed: number of the newest ballot that a
//	                             decision stood beside
//	history:KEY          list    events as JSON {at by what changes from to why
//	                             on_behalf lacks about advice differs}, oldest
//	                             first; also of outcomes, opportunities and impacts,
//	                             and of canvases, PAY-C3, and story maps, PAY-M3
//	asked:KEY            hash    "N USER" → JSON {note source permalink at}: who
//	                             asked again since it was parked for the Nth time
//	evidence:KEY         list    JSON {note against strength link by at}, the one
//	                             with number 1 first; also of opportunities
//	run:KEY:N            hash    idea id form began began_by started started_by
//	                             version; template, answers, amendments,
//	                             observation and lesson as JSON; tests: "1,2"
//	runs:KEY             hash    N → summary of the run as JSON
//	ballot:KEY:N         hash    idea id question outcome level electorate ("U1,U2")
//	                             guests started started_by days quorum ("5",
//	                             "50 %") approve object show_results deadline
//	                             extended closed closed_by version; advice
//	                             because voted: its result; polls: votes, changes
//	                             and withdrawals; message: "channel ts"; of an
//	                             anonymous one secret: 32 bytes in hex, while it
//	                             runs, and tally: JSON {counts reasons}, once
//	                             it is closed, the reasons in random order
//	votes:KEY:N          hash    voter → JSON {choice reason}. The voter is a user
//	                             id; on an anonymous ballot the HMAC-SHA256 of
//	                             it under the secret, in hex, and once that is
//	                             closed there are no votes. A backup made while
//	                             it runs has both, as has an append-only file
//	                             until Redis rewrites it
//	team:TEAM            hash    key name channel private owners ("U1,U2") zone
//	                             workdays ("1,2,3", 0 is Sunday) sprint_weeks
//	                             required required_backlog ("invest,test-card")
//	                             soft hard velocity velocity_ideas language
//	                             members_ballots ballot_days;
//	                             synonyms: JSON list of lines;
//	                             created created_by version;
//	                             ideas, outcomes, opportunities, impacts, rounds:
//	                             how many there ever were;
//	                             gated: moves to validated and the backlog,
//	                             overridden: those past a gate that refused
//	outcome:PAY-O1       hash    key statement kind parent metric unit direction
//	                             baseline and target ("120.5 2026-11-20")
//	                             metric_by owner source light closed closed_by
//	                             result closed_why merged_into created created_by
//	                             version; changed: left out while it is created;
//	                             latest: the check-in as JSON; red_at: when it last
//	                             turned red
//	opportunity:PAY-P1   hash    key parent statement kind frequency reach severity
//	                             horizon created created_by changed version
//	impact:PAY-I1        hash    key parent (its goal) actor from to measure
//	                             threshold created created_by changed version
//	checkins:PAY-O1      list    JSON {number place value light note by at corrects},
//	                             oldest first; place: number of the one in whose
//	                             place it stands
//	feedback:TEAM        hash    "NODE accepted", "NODE dismissed" → how many
//	                             suggestions were
//	round:TEAM:N         hash    team id to ("U1,U2") channel anonymous started
//	                             started_by deadline closed closed_by version;
//	                             questions: JSON list; experiment: JSON; said:
//	                             answers and changes; message: "channel ts"; of an
//	                             anonymous one secret, as in ballots, and left:
//	                             JSON list of answers, once it is closed, those to
//	                             each question in a random order of their own
//	answers:TEAM:N       hash    who → JSON list of words, one for each question;
//	                             who as in votes, and none are left of an anonymous
//	                             round that is closed
//	sheet:KIND:OWNER:N   hash    a record that is kept whole, OWNER a team or @USER:
//	                             version; each of its fields as JSON; places: JSON
//	                             [[owner, list, score], ...]; said: how often something
//	                             was said to it; secret, as in ballots, of those that
//	                             join nothing with people; message: "channel ts",
//	                             and "message PART" of a part that has its own. The
//	                             kinds are:
//	                             review: of the sprint of that number; first last goal
//	                             outcomes left opened opened_by deadline goal_was
//	                             goal_by closed closed_by summary asked; in its list
//	                             open while it is, by its deadline, and in the list
//	                             asked of all in asked who have not answered. Said
//	                             to it: "USER PAY-O3 evidence", "… confidence" and
//	                             "… words".
//	                             challenge: of the idea of that number; times open
//	                             opened deadline reminded answers; in its list open
//	                             while it is, by its deadline. Said to it: who asks.
//	                             forensic: phase began deadline days to channel anonymous
//	                             started started_by extended wrote picked ways groups
//	                             ended ended_by without; in the list asked of all who
//	                             take part while it runs, by its deadline. Said to it:
//	                             lists, then picks.
//	                             developers: number 1, people: who develops in a team
//	                             sprint: first last goal method metric outcome
//	                             in_ideas capacity planned shares items top started
//	                             started_by closed closed_by finished; in its list
//	                             closed once it is, by its number
//	                             refinement: day people minutes touched promoted
//	                             dropped by at corrected_by corrected; in its list
//	                             day, by that since 1970
//	                             health: number 1, what a team has set for the rules of
//	                             its backlog health: limits muted ready_confirmed
//	                             ready_by
//	                             health_ask: questions started started_by deadline
//	                             closed closed_by spreads. Said to it, while it runs:
//	                             "QUESTION HMAC", of the user and the question under
//	                             its secret: the place of the answer
//	                             session: stage weeks hour ahead planned day begins
//	                             agenda_at planned_by started ended ended_by points
//	                             over steps; parts agenda and "step N". Said to it:
//	                             "point USER N" and "answer USER POINT"
//	                             summary: number 1, on day hour: when a team's comes
//	                             nudges: number 1, how a person is nudged: at off
//	                             kinds_off snoozed_until away_until last_day last acted
//	                             ignored weekly weekly_from probe probed
//	                             team-nudges: number 1, how a team is: at off quiet
//	                             reflect told last_day reflected asked
//	                             holidays: number 1, days by at: when a team does not
//	                             work
//	                             canvas: kind own name owner boxes columns last_column
//	                             began began_by changed closed closed_by checked
//	                             published; while it is open in its lists open and
//	                             "open KIND", by its number
//	                             story_map: name for activities slices removed last_card
//	                             created created_by changed changed_by closed
//	                             closed_by; in its list open while it is, else closed,
//	                             by when it was changed
//	                             horizons: number 1, what a team's Now-Next-Later board
//	                             knows beside its opportunities: order cards
//	                             Parts: "slackN", its Nth canvas of Slack, whose id
//	                             stands in place of a ts, and "checkMS", what its owner
//	                             was asked at that moment. Said to it: slack
//	                             sweep: canvas was goal ideas opened over. Said to it:
//	                             KEY, of an idea that somebody keeps
//	                             canvas-templates: number 1, templates: the canvases
//	                             that a team made itself
//	                             team-nudge: what a team was told on a day: day at rows
//	                             question; the newest 60 of a team. Said to it: "ROW
//	                             USER", what somebody did about a row, from 0
//	                             wall: number 1, what a team's wall shows, and what it
//	                             knows of the journal: on turned by shown shown_at read
//	                             ballots decided pinned refused lost
//	                             probe: number 1, sums of answers to the alignment
//	                             probe: rounds open. Said to it: "WEEK HMAC", of the
//	                             user and the week under its secret: the answer; folded
//	                             into a sum with the first answer of a later week
//	                             role_question: idea title choices started started_by
//	                             deadline closed closed_by spread. Said to it, while it
//	                             runs: the HMAC of the user under its secret: role and
//	                             place of the choice
//	said:KIND:OWNER:N    hash    field → JSON, what people said to it
//	nudge:WHO            hash    of a person (@USER) or a TEAM that is nudged: due, the
//	                             moment of the next nudge; since: when something began
//	                             to wait, until a first look; day and at: the local day
//	                             of the newest, and when it was planned; held: the day
//	                             of one that is held back; zone: the person's time
//	                             zone; 40 days from the next look
//	nudged:DAY           hash    WHO → "STATE at due why": what became of the nudge of
//	                             that local day; 40 days
//	spent:DAY            hash    all, "user USER" → questions to a language model on
//	                             that day since 1970, UTC; two days, and not part
//	                             of a backup
//	picture:DIGEST       string  of what a picture shows: JSON {file alt missing}, or
//	                             trouble, or by: who draws it now; a week, trouble
//	                             half a minute, and not part of a backup
//	refused:BLOCK        string  the workspace took no block of that type of late; a
//	                             day, and not part of a backup
//	templates:TEAM       hash    id → "version JSON" of the team's own checklists
//	drafts:USER          hash    slot → "saved form JSON", or without JSON the
//	                             mark that this opening of the form is done
//	                             with; 24 h from the last save, and each draft
//	                             24 h from its own
//	acted:HASH           hash    field → when the person whose value is under that field
//	                             of HASH ("votes:PAY-14:2", "said:review:PAY:3") acted
//	                             last, by Slack's clock, in Unix µs: what they did
//	                             before changes it no more. Of a part of a value the
//	                             field is "FIELD PART", of a sheet that is theirs
//	                             ("sheet:nudges:@USER:1") the part alone. A day from the
//	                             last, and gone with votes that are deleted
//	present:USER:CHANNEL string  "open", "private" or "unknown": the person acted in
//	                             that channel, which was of that kind; one hour
//	op:OP                hash    begun: token of the call that claimed it;
//	                             step → its result as JSON, for a vote without
//	                             the choice; 24 h (of a Claim: the lease). Of a
//	                             vote on an anonymous ballot, and an answer to an
//	                             anonymous round, OP is the HMAC of the
//	                             operation's id, which names the user
//	out:ID               hash    an outbox entry: kind subject channel user
//	                             thread args (JSON) repeatable state at first
//	                             attempt misses (attempts in a row that failed)
//	                             prior code message ("channel ts") again author
//	                             lane; until removed, see below
//
// Derived from the above, rebuilt by a restore:
//
//	derived              string  version of what is derived; none as long as there
//	                             is nothing it could lack
//	releases             hash    that version → when a process that derives it was
//	                             last connected to Slack; derived: when all was last
//	                             looked through from the beginning; not part of a
//	                             backup
//	teams                set     TEAM
//	channels             hash    channel → TEAM
//	owns:USER            set     TEAM the person is a product owner of
//	wrote:USER           set     TEAM the person captured an idea in
//	writers:TEAM         set     USER who captured an idea in it
//	list:SELECTOR        zset    KEY by order, or of one STAGE by stage_order;
//	                             ideas that stand
//	ordered:TEAM         zset    KEY by rank, or where it was never moved by minus its
//	                             stage_order; the Product Backlog, highest first
//	withdrawn:SELECTOR   zset    as list, of ideas that are withdrawn.
//	                             SELECTOR is TEAM, TEAM:STAGE, TEAM:@USER,
//	                             TEAM:@USER:STAGE, @USER or @USER:STAGE
//	orphans:TEAM         zset    KEY by order, ideas that stand without a link to any
//	                             node and are not parked
//	linked:NODE          zset    KEY by order, ideas that stand and are linked to it
//	counts:NODE          hash    STAGE → how many of those there are at it, and
//	                             "effect ANSWER" → of how many ideas that were for
//	                             the node that is what they changed
//	counts:TEAM          hash    STAGE → ideas that stand there and have a link
//	several:TEAM         zset    KEY by order, ideas that stand and have several links
//	together:TEAM        hash    "STAGE PAY-O1,PAY-P2" → how many of those at it are
//	                             linked to these, the primary one first
//	effects:TEAM         zset    KEY by the day on which it is asked what it changed,
//	                             then by stage_order; delivered ideas that stand
//	                             and of which nobody has said it yet
//	parked:TEAM:REASON   zset    KEY by stage_order, parked ideas that stand
//	revisit:TEAM         zset    KEY by the day it came back or is to, then by
//	                             stage_order; parked ideas that stand
//	wanted:TEAM          zset    KEY by how many asked again, then by stage_order;
//	                             parked ideas that stand
//	waiting:WHAT         zset    KEY by order, parked ideas that stand and come back
//	                             when WHAT happens: delivered:KEY, test:KEY:N,
//	                             red:PAY-O1
//	asked_at:KEY         zset    "N USER" by when they asked last
//	totals:TEAM          hash    ideas sized points: what stands in the Product
//	                             Backlog
//	evidence_by:KEY      set     whose evidence is on the idea
//	outcomes:TEAM        zset    PAY-O1 by its number; so are opportunities:TEAM
//	                             and impacts:TEAM
//	tests:USER           zset    KEY:N by deadline, tests that run and are the
//	                             person's
//	polls:USER           zset    KEY:N by deadline, ballots that run and ask the
//	                             person
//	rounds:USER          zset    TEAM:N by deadline, rounds that run and ask the
//	                             person
//	minds:USER           zset    PAY-O3 by when the next check-in on it is due, open
//	                             outcomes that the person owns
//	nudges:due           zset    WHO by when to look whether a nudge is due
//	nudges:looking       zset    WHO by when the lease of who looks ends, which fences
//	nudges:out           set     ID of the nudges that wait in the outbox
//	nudges:audited:DAY   string  that somebody audited the nudges of that local day;
//	                             seven days, and not part of a backup
//	listed:KIND:OWNER:LIST zset  OWNER:N of the sheets with a place in that list;
//	                             with LIST empty all of the owner's, by number
//	journal:TEAM         zset    "KEY N" by when the Nth event in the history of that
//	                             idea or node was, of the last 100 days, without
//	                             captures
//	outbox:due           zset    ID by when it is due
//	outbox:sending       zset    ID by when its lease ends
//	outbox:sent          zset    ID by when it is removed, 24 h after sending
//	outbox:failed        zset    ID by when it is removed, 30 days after
//	outbox:unknown       zset    ID by when it is removed, 30 days after
//	outbox:lanes         zset    LANE by when its first entry may be claimed
//	lane:LANE            zset    ID by when it is due, of the entries due in one
//	                             channel, for one person, to redraw one message
//	                             (LANE is "channel ts") or, of a job, its own ID
//	unconfirmed:USER     zset    ID of the failed and unknown messages that
//	                             the person misses: cards of their ideas, ballots
//	                             they started; by when it is removed
//	attended             string  when a process was last connected to Slack
//	absence              string  "FROM TO": when last none was, for a day; both
//	                             not part of a backup
//	hold:to:LANE         string  nothing is claimed from the lane before
//	hold:under:LANE      string  when the lease of what is being sent in the
//	                             lane ends: until it is sent, nothing is claimed
//	hold:opened:LANE     string  when the lane was last opened, for a minute
//	hold:by:METHOD       string  nothing that needs the method is claimed
//	                             before; until that time. No hold is part of a
//	                             backup
const (
	keySchema     = "ab:schema"
	keyWorkspaces = "ab:workspaces"
	keyReady      = "ab:ready:"
	keyRestoring  = "ab:restoring"
)

// tag is what all keys of a workspace start with. Scripts get it as KEYS[1]
// and make their keys of it.
func tag(workspace string) string { return "ab:{" + workspace + "}:" }
