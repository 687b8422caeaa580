package storage

// Schema is the version of what this file describes. It grows when an older
// alignbot could no longer work with what a newer one writes; new fields alone
// do not raise it, because fields that are not known here are kept as they
// are. A store of a newer schema is refused.
const Schema = 1

// Keys of the whole database:
//
//	ab:schema       string  Schema of what is stored
//	ab:workspaces   set     ids of the workspaces
//	ab:ready:TOKEN  string  what Ready writes and takes away; one minute
//	ab:restoring    string  when a restore began; gone when it is complete
//
// Keys of one workspace, all prefixed ab:{ID}: so that they share a slot.
// Times are Unix milliseconds. A field that would be empty is left out of
// ideas and teams. Where no lifetime is given, it is for ever.
//
//	seq                  string  number of the latest change in the workspace
//	changes              stream  one entry N-1 for change N, field idea = its
//	                             key; the newest 4096 or a few more; not part
//	                             of a backup
//	idea:KEY             hash    key title problem measure evidence stage author
//	                             created changed version withdrawn withdrawn_by;
//	                             order: the seq of its capture;
//	                             source: "channel ts thread"; permalink;
//	                             card: "channel ts"
//	history:KEY          list    events as JSON {at by what changes}, oldest first
//	team:TEAM            hash    key name channel private owners ("U1,U2") zone
//	                             workdays ("1,2,3", 0 is Sunday) sprint_weeks
//	                             created created_by version;
//	                             ideas: how many were ever captured
//	drafts:USER          hash    slot → "saved form JSON", or without JSON the
//	                             mark that this opening of the form is done
//	                             with; 24 h from the last save, and each draft
//	                             24 h from its own
//	present:USER:CHANNEL string  "open", "private" or "unknown": the person acted in
//	                             that channel, which was of that kind; one hour
//	op:OP                hash    begun: token of the call that claimed it;
//	                             step → its result as JSON; 24 h (of a Claim:
//	                             the lease)
//	out:ID               hash    an outbox entry: kind subject channel user
//	                             thread args (JSON) repeatable state at first
//	                             attempt prior code message ("channel ts")
//	                             again author; until removed, see below
//
// Derived from the above, rebuilt by a restore:
//
//	teams                set     TEAM
//	channels             hash    channel → TEAM
//	owns:USER            set     TEAM the person is a product owner of
//	wrote:USER           set     TEAM the person captured an idea in
//	list:SELECTOR        zset    KEY by order, ideas that stand
//	withdrawn:SELECTOR   zset    KEY by order, ideas that are withdrawn.
//	                             SELECTOR is TEAM, TEAM:STAGE, TEAM:@USER,
//	                             TEAM:@USER:STAGE, @USER or @USER:STAGE
//	outbox:due           zset    ID by when it is due
//	outbox:sending       zset    ID by when its lease ends
//	outbox:sent          zset    ID by when it is removed, 24 h after sending
//	outbox:failed        zset    ID by when it is removed, 30 days after
//	outbox:unknown       zset    ID by when it is removed, 30 days after
//	outbox:lanes         zset    LANE by when its first entry may be claimed
//	lane:LANE            zset    ID by when it is due, of the entries due in one
//	                             channel or for one person
//	unconfirmed:USER     zset    ID of the failed and unknown cards of the
//	                             person's ideas, by when it is removed
//	hold:to:LANE         string  nothing is claimed from the lane before
//	hold:by:METHOD       string  nothing that needs the method is claimed
//	                             before; both until that time, and not part of
//	                             a backup
const (
	keySchema     = "ab:schema"
	keyWorkspaces = "ab:workspaces"
	keyReady      = "ab:ready:"
	keyRestoring  = "ab:restoring"
)

// tag is what all keys of a workspace start with. Scripts get it as KEYS[1]
// and make their keys of it.
func tag(workspace string) string { return "ab:{" + workspace + "}:" }
