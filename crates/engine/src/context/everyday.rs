//! Everyday words of English talk: so common that they tell one conversation from no other.

/// Whether a word in small letters is one of them.
#[must_use]
pub fn is_everyday(word: &str) -> bool {
    EVERYDAY.binary_search(&word).is_ok()
}

#[rustfmt::skip]
const EVERYDAY: [&str; 866] = [
    "able", "absolutely", "across", "actually", "add", "advice", "afraid", "after", "afternoon", "ago", "agree",
    "ahead", "almost", "alone", "along", "already", "alright", "although", "always", "amaze", "amazing", "another",
    "anybody", "anymore", "anyone", "anything", "anyway", "apart", "appreciate", "around", "ask", "asked", "asking",
    "available", "away", "awe", "awesome", "awful", "back", "bad", "based", "beautiful", "beauty", "became",
    "because", "become", "before", "began", "begin", "behind", "believe", "below", "beside", "best", "better",
    "between", "beyond", "big", "bit", "bite", "blast", "bless", "blessed", "bond", "bonding", "both", "boy",
    "brighten", "bring", "bringing", "brings", "brought", "busy", "call", "called", "calling", "calm", "came", "can",
    "cannot", "care", "careful", "case", "cause", "certain", "certainly", "challenge", "challenges", "challenging",
    "chance", "change", "changed", "changes", "chat", "check", "chill", "choose", "class", "clear", "close", "cold",
    "come", "comes", "comfort", "comfortable", "comforting", "coming", "common", "community", "complete",
    "completely", "congrats", "congratulations", "connect", "connected", "connection", "consider", "content", "cool",
    "could", "couldn", "couple", "courage", "course", "crazy", "create", "created", "creating", "creative",
    "curious", "cute", "dad", "daily", "dang", "day", "days", "dear", "decide", "decided", "deep", "def",
    "definitely", "deserve", "determination", "determined", "develop", "did", "didn", "difference", "different",
    "difficult", "discover", "does", "doesn", "doing", "don", "done", "doubt", "down", "dream", "dreams", "during",
    "early", "easier", "easily", "easy", "eat", "eating", "either", "else", "emotional", "encourage",
    "encouragement", "encouraging", "end", "endless", "energy", "enjoy", "enjoyed", "enjoying", "enough",
    "enthusiasm", "entire", "especially", "even", "evening", "ever", "every", "everybody", "everyone", "everything",
    "exactly", "example", "excellent", "excited", "exciting", "expect", "experience", "experiences", "explain",
    "extra", "eyes", "fabulous", "face", "fact", "fair", "faith", "family", "fantastic", "far", "fast", "father",
    "favorite", "fear", "feel", "feeling", "feelings", "feels", "feet", "felt", "few", "figure", "final", "finally",
    "find", "finding", "fine", "finish", "finished", "first", "fit", "five", "focus", "folks", "follow", "food",
    "forever", "forget", "forgot", "form", "forward", "found", "four", "free", "friend", "friends", "front",
    "fulfilling", "full", "fun", "funny", "future", "gain", "gave", "general", "get", "gets", "getting", "gift",
    "girl", "give", "given", "gives", "giving", "glad", "glow", "goal", "goals", "goes", "gone", "gonna", "good",
    "goodbye", "gotta", "grateful", "gratitude", "great", "greatest", "grow", "growing", "growth", "guess", "guy",
    "guys", "had", "haha", "half", "hand", "hands", "hang", "happen", "happened", "happening", "happens",
    "happiness", "happy", "hard", "hardly", "hate", "haven", "having", "head", "health", "hear", "heard", "hearing",
    "heart", "hello", "help", "helped", "helpful", "helping", "helps", "here", "herself", "hey", "hi", "high",
    "himself", "hit", "hmm", "hmmm", "hobbies", "hobby", "hold", "holding", "home", "honest", "honestly", "hope",
    "hopeful", "hoping", "hot", "hour", "hours", "house", "however", "huge", "hugs", "human", "idea", "ideas",
    "imagine", "impact", "important", "impress", "impressive", "improve", "incredible", "indeed", "inner", "inside",
    "insight", "inspiration", "inspire", "inspired", "inspiring", "instead", "interest", "interested", "interesting",
    "invite", "isn", "it", "job", "join", "journey", "joy", "just", "keen", "keep", "keeping", "keeps", "kept",
    "kid", "kids", "kind", "kinda", "knew", "know", "knowing", "known", "knows", "large", "last", "lately", "later",
    "laugh", "lead", "learn", "learned", "learning", "least", "leave", "leaving", "left", "less", "let", "letting",
    "level", "life", "light", "likely", "line", "list", "listen", "listening", "little", "live", "lives", "living",
    "ll", "lol", "long", "longer", "look", "looked", "looking", "looks", "lose", "lost", "lot", "lots", "love",
    "loved", "lovely", "loves", "loving", "low", "luck", "lucky", "made", "magical", "main", "make", "makes",
    "making", "man", "many", "matter", "matters", "may", "maybe", "mean", "meaning", "meaningful", "means", "meant",
    "meet", "meeting", "member", "memorable", "memories", "memory", "men", "mention", "met", "might", "mind",
    "minute", "minutes", "miss", "missed", "mom", "moment", "moments", "money", "month", "months", "mood", "morning",
    "mother", "motivate", "motivated", "motivation", "move", "moved", "moving", "much", "mum", "must", "myself",
    "nah", "name", "natural", "near", "nearly", "necessary", "need", "needed", "needs", "neither", "never", "new",
    "news", "next", "nice", "night", "no", "nobody", "none", "normal", "not", "note", "nothing", "notice", "number",
    "obstacles", "obviously", "offer", "often", "oh", "old", "omg", "once", "one", "ones", "open", "opportunity",
    "option", "or", "order", "other", "others", "otherwise", "ourselves", "outside", "part", "particular",
    "particularly", "parts", "passion", "passionate", "past", "path", "pay", "peace", "people", "perfect",
    "perfectly", "perhaps", "person", "personal", "photo", "photos", "pick", "picture", "pictures", "piece", "place",
    "places", "plan", "planning", "plans", "play", "playing", "please", "pleasure", "plenty", "plus", "point",
    "positive", "possible", "power", "present", "pretty", "probably", "problem", "problems", "process", "progress",
    "proud", "provide", "pull", "purpose", "push", "pushing", "put", "putting", "quick", "quickly", "quite",
    "rather", "re", "reach", "read", "reading", "ready", "real", "realize", "reason", "reasons", "recent",
    "recently", "reflect", "relax", "relaxing", "remember", "remembering", "remind", "reminder", "reminds", "rest",
    "rewarding", "right", "road", "room", "run", "running", "sad", "safe", "said", "satisfying", "saw", "say",
    "saying", "says", "second", "see", "seeing", "seem", "seemed", "seems", "seen", "self", "sense", "series",
    "serious", "seriously", "set", "several", "share", "shared", "shares", "sharing", "she", "shine", "short",
    "should", "shouldn", "show", "showed", "showing", "shows", "sick", "side", "similar", "simple", "simply",
    "since", "single", "sister", "sit", "situation", "six", "sleep", "slow", "small", "smile", "some", "somebody",
    "someone", "something", "sometimes", "somewhere", "soon", "sorry", "sort", "sound", "sounded", "sounds", "spark",
    "special", "spend", "spending", "spent", "spirit", "spot", "stand", "start", "started", "starting", "starts",
    "stay", "staying", "step", "steps", "still", "stop", "stopped", "story", "strange", "strength", "stress",
    "strong", "stuff", "success", "such", "sucks", "suggest", "super", "support", "supporting", "supportive",
    "suppose", "supposed", "sure", "surely", "surprise", "sweet", "take", "taken", "takes", "taking", "talk",
    "talked", "talking", "tell", "telling", "ten", "terrible", "thank", "thanks", "that", "themselves", "there",
    "they", "thing", "things", "think", "thinking", "third", "though", "thought", "thoughtful", "thoughts", "three",
    "thrilled", "thrilling", "through", "throughout", "time", "times", "tired", "today", "together", "told",
    "tomorrow", "tonight", "took", "top", "total", "totally", "touch", "tough", "toward", "towards", "treasure",
    "treat", "tried", "true", "truly", "trust", "truth", "try", "trying", "turn", "turned", "turns", "two", "type",
    "understand", "understanding", "unique", "unless", "until", "upon", "upset", "use", "used", "useful", "uses",
    "using", "usual", "usually", "value", "ve", "vibe", "vibes", "view", "visit", "wait", "waiting", "walk",
    "walking", "wanna", "want", "wanted", "wanting", "wants", "warm", "wasn", "watch", "watching", "way", "ways",
    "we", "week", "weekend", "weeks", "weird", "welcome", "well", "went", "weren", "what", "whatever", "whenever",
    "whether", "while", "who", "whole", "whose", "why", "wife", "will", "willing", "wisdom", "wish", "within",
    "without", "woman", "women", "won", "wonder", "wonderful", "wondering", "word", "words", "work", "worked",
    "working", "works", "world", "worried", "worry", "worse", "worth", "would", "wouldn", "wow", "write", "writing",
    "wrong", "yay", "yeah", "year", "years", "yep", "yes", "yesterday", "yet", "you", "young", "yourself", "yup",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_each_word_stands_once() {
        assert!(EVERYDAY.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(is_everyday("lovely") && !is_everyday("pendant"));
    }
}
