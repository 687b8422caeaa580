package mrkdwn

import "strings"

// shortcodes are the emoji this package can draw: the common ones, under Slack's names. A name not in here
// stays as written, which is also what Slack does with a name it does not know.
var shortcodes = map[string]string{
	// Faces.
	"grinning": "😀", "smiley": "😃", "smile": "😄", "grin": "😁", "laughing": "😆", "sweat_smile": "😅", "joy": "😂", "rolling_on_the_floor_laughing": "🤣",
	"slightly_smiling_face": "🙂", "upside_down_face": "🙃", "wink": "😉", "blush": "😊", "innocent": "😇", "heart_eyes": "😍", "star-struck": "🤩", "kissing_heart": "😘",
	"yum": "😋", "stuck_out_tongue": "😛", "zany_face": "🤪", "hugging_face": "🤗", "thinking_face": "🤔", "neutral_face": "😐", "expressionless": "😑", "no_mouth": "😶",
	"smirk": "😏", "unamused": "😒", "face_with_rolling_eyes": "🙄", "grimacing": "😬", "relieved": "😌", "pensive": "😔", "sleepy": "😪", "sleeping": "😴",
	"mask": "😷", "nerd_face": "🤓", "sunglasses": "😎", "confused": "😕", "worried": "😟", "slightly_frowning_face": "🙁", "open_mouth": "😮", "astonished": "😲",
	"cry": "😢", "sob": "😭", "scream": "😱", "confounded": "😖", "disappointed": "😞", "sweat": "😓", "weary": "😩", "tired_face": "😫",
	"angry": "😠", "rage": "😡", "partying_face": "🥳", "exploding_head": "🤯", "skull": "💀", "ghost": "👻", "robot_face": "🤖", "poop": "💩",
	// Hands and people.
	"wave": "👋", "ok_hand": "👌", "v": "✌️", "crossed_fingers": "🤞", "point_left": "👈", "point_right": "👉", "point_up": "☝️", "point_down": "👇", "point_up_2": "👆",
	"+1": "👍", "thumbsup": "👍", "-1": "👎", "thumbsdown": "👎", "fist": "✊", "facepunch": "👊", "clap": "👏", "raised_hands": "🙌", "open_hands": "👐",
	"handshake": "🤝", "pray": "🙏", "muscle": "💪", "writing_hand": "✍️", "raised_hand": "✋", "hand": "✋", "eyes": "👀", "brain": "🧠", "speaking_head_in_silhouette": "🗣️",
	"bust_in_silhouette": "👤", "busts_in_silhouette": "👥", "shrug": "🤷", "face_palm": "🤦", "running": "🏃",
	// Signs.
	"heart": "❤️", "blue_heart": "💙", "green_heart": "💚", "yellow_heart": "💛", "broken_heart": "💔", "sparkles": "✨", "star": "⭐", "star2": "🌟", "fire": "🔥", "boom": "💥", "zap": "⚡", "100": "💯",
	"white_check_mark": "✅", "heavy_check_mark": "✔️", "ballot_box_with_check": "☑️", "x": "❌", "negative_squared_cross_mark": "❎", "heavy_plus_sign": "➕", "heavy_minus_sign": "➖",
	"warning": "⚠️", "no_entry": "⛔", "no_entry_sign": "🚫", "octagonal_sign": "🛑", "rotating_light": "🚨", "exclamation": "❗", "heavy_exclamation_mark": "❗", "question": "❓", "grey_question": "❔", "bangbang": "‼️",
	"information_source": "ℹ️", "red_circle": "🔴", "large_orange_circle": "🟠", "large_yellow_circle": "🟡", "large_green_circle": "🟢", "large_blue_circle": "🔵", "large_purple_circle": "🟣", "white_circle": "⚪", "black_circle": "⚫",
	"large_green_square": "🟩", "large_yellow_square": "🟨", "large_red_square": "🟥", "white_large_square": "⬜", "black_large_square": "⬛",
	"arrow_right": "➡️", "arrow_left": "⬅️", "arrow_up": "⬆️", "arrow_down": "⬇️", "arrows_counterclockwise": "🔄", "leftwards_arrow_with_hook": "↩️", "fast_forward": "⏩", "recycle": "♻️", "repeat": "🔁", "new": "🆕", "ok": "🆗", "up": "🆙", "sos": "🆘", "zzz": "💤",
	"one": "1️⃣", "two": "2️⃣", "three": "3️⃣", "four": "4️⃣", "five": "5️⃣", "six": "6️⃣", "seven": "7️⃣", "eight": "8️⃣", "nine": "9️⃣", "keycap_ten": "🔟",
	// Things.
	"tada": "🎉", "confetti_ball": "🎊", "balloon": "🎈", "gift": "🎁", "trophy": "🏆", "first_place_medal": "🥇", "medal": "🏅", "dart": "🎯", "game_die": "🎲", "crystal_ball": "🔮",
	"bulb": "💡", "rocket": "🚀", "hammer": "🔨", "wrench": "🔧", "hammer_and_wrench": "🛠️", "gear": "⚙️", "toolbox": "🧰", "key": "🔑", "lock": "🔒", "unlock": "🔓", "link": "🔗", "paperclip": "📎", "scissors": "✂️", "broom": "🧹", "wastebasket": "🗑️",
	"memo": "📝", "pencil": "📝", "pencil2": "✏️", "clipboard": "📋", "page_facing_up": "📄", "file_folder": "📁", "open_file_folder": "📂", "card_index_dividers": "🗂️", "books": "📚", "book": "📖", "bookmark": "🔖", "label": "🏷️", "newspaper": "📰",
	"calendar": "📆", "date": "📅", "spiral_calendar_pad": "🗓️", "hourglass": "⌛", "hourglass_flowing_sand": "⏳", "stopwatch": "⏱️", "alarm_clock": "⏰", "watch": "⌚", "clock1": "🕐", "bell": "🔔", "no_bell": "🔕", "mega": "📣", "loudspeaker": "📢",
	"chart_with_upwards_trend": "📈", "chart_with_downwards_trend": "📉", "bar_chart": "📊", "moneybag": "💰", "dollar": "💵", "euro": "💶", "credit_card": "💳", "scales": "⚖️", "triangular_ruler": "📐", "microscope": "🔬", "telescope": "🔭", "mag": "🔍", "mag_right": "🔎",
	"computer": "💻", "desktop_computer": "🖥️", "keyboard": "⌨️", "iphone": "📱", "phone": "☎️", "telephone_receiver": "📞", "email": "✉️", "envelope": "✉️", "inbox_tray": "📥", "outbox_tray": "📤", "package": "📦", "speech_balloon": "💬", "thought_balloon": "💭", "ballot_box_with_ballot": "🗳️", "ticket": "🎫", "art": "🎨",
	"house": "🏠", "office": "🏢", "construction": "🚧", "world_map": "🗺️", "compass": "🧭", "globe_with_meridians": "🌐", "earth_africa": "🌍", "car": "🚗", "airplane": "✈️", "ship": "🚢", "flags": "🎏", "checkered_flag": "🏁", "triangular_flag_on_post": "🚩", "white_flag": "🏳️", "pushpin": "📌", "round_pushpin": "📍",
	// Nature and food.
	"sunny": "☀️", "cloud": "☁️", "rainbow": "🌈", "snowflake": "❄️", "droplet": "💧", "ocean": "🌊", "seedling": "🌱", "evergreen_tree": "🌲", "deciduous_tree": "🌳", "herb": "🌿", "four_leaf_clover": "🍀", "rose": "🌹", "sunflower": "🌻",
	"dog": "🐶", "cat": "🐱", "bug": "🐛", "bee": "🐝", "turtle": "🐢", "snail": "🐌", "whale": "🐳", "unicorn_face": "🦄", "penguin": "🐧", "owl": "🦉", "see_no_evil": "🙈", "coffee": "☕", "tea": "🍵", "beer": "🍺", "beers": "🍻", "pizza": "🍕", "cake": "🍰", "cookie": "🍪", "apple": "🍎", "popcorn": "🍿",
}

var skinTones = map[string]string{"skin-tone-2": "🏻", "skin-tone-3": "🏼", "skin-tone-4": "🏽", "skin-tone-5": "🏾", "skin-tone-6": "🏿"}

// EmojiChar gives the characters of a shortcode written without its outer colons, such as "wave" or
// "wave::skin-tone-3". An unknown name is given back as Slack shows it: ":name:".
func EmojiChar(name string) string {
	base, tone, _ := strings.Cut(name, "::")
	char, known := shortcodes[base]
	if !known {
		return ":" + name + ":"
	}
	if tone = skinTones[tone]; tone != "" {
		char = strings.TrimSuffix(char, "\ufe0f") + tone
	}
	return char
}
