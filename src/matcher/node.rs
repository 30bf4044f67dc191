//! A pattern as a tree: what a path must look like, whichever syntax said so.

/// What a stretch of a path must look like.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// `\b`, or `\B` where negated.
    Boundary {
        negated: bool,
    },
    Bytes(Vec<u8>),
    Choice(Vec<Node>),
    Class(Class),
    End,
    /// `(?=…)`, or `(?!…)` where negated.
    Look {
        ahead: Box<Node>,
        negated: bool,
    },
    Repeat {
        body: Box<Node>,
        times: Times,
    },
    Sequence(Vec<Node>),
    Start,
}

/// How often something repeats; without `most`, without end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Times {
    pub(super) least: usize,
    pub(super) most: Option<usize>,
}

/// A set of bytes: the members, or all but them. Beyond ASCII, all bytes are members or none is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Class {
    ascii: u128,
    beyond: bool,
    negated: bool,
}

/// Which paths a program is for: all of them, or those in lower case.
#[derive(Clone, Copy, Debug)]
pub(super) enum Case {
    Exact,
    Lowered,
}

impl Times {
    pub(super) const ONCE: Self = Self {
        least: 1,
        most: Some(1),
    };
    pub(super) const OPTIONAL: Self = Self {
        least: 0,
        most: Some(1),
    };
    pub(super) const SOME: Self = Self {
        least: 1,
        most: None,
    };
    pub(super) const ANY: Self = Self {
        least: 0,
        most: None,
    };
}

impl Node {
    /// Joins nodes in order; neighbouring bytes become one run of bytes.
    pub(super) fn sequence(nodes: impl IntoIterator<Item = Self>) -> Self {
        let mut joined: Vec<Self> = Vec::new();
        for node in nodes {
            match (joined.last_mut(), node) {
                (Some(Self::Bytes(before)), Self::Bytes(bytes)) => before.extend(bytes),
                (_, node) => joined.push(node),
            }
        }
        Self::Sequence(joined)
    }

    pub(super) fn text(text: &str) -> Self {
        Self::Bytes(text.as_bytes().to_vec())
    }

    pub(super) fn repeat(self, times: Times) -> Self {
        Self::Repeat {
            body: Box::new(self),
            times,
        }
    }

    pub(super) fn may_be_empty(&self) -> bool {
        match self {
            Self::Boundary { .. } | Self::End | Self::Look { .. } | Self::Start => true,
            Self::Bytes(bytes) => bytes.is_empty(),
            Self::Choice(nodes) => nodes.iter().any(Self::may_be_empty),
            Self::Class(_) => false,
            Self::Repeat { body, times } => times.least == 0 || body.may_be_empty(),
            Self::Sequence(nodes) => nodes.iter().all(Self::may_be_empty),
        }
    }
}

impl Class {
    pub(super) fn of(bytes: impl IntoIterator<Item = u8>) -> Self {
        let ascii = bytes
            .into_iter()
            .map(bit)
            .fold(0, |members, bit| members | bit);
        Self {
            ascii,
            ..Self::default()
        }
    }

    pub(super) fn all_but(self) -> Self {
        Self {
            negated: !self.negated,
            ..self
        }
    }

    pub(super) fn with(self, other: Self) -> Self {
        let (this, other) = (self.settled(), other.settled());
        Self {
            ascii: this.ascii | other.ascii,
            beyond: this.beyond || other.beyond,
            negated: false,
        }
    }

    /// The class for paths in `case`; in lower case, a member stands for both its cases.
    pub(super) fn folded(self, case: Case) -> Self {
        match case {
            Case::Exact => self.settled(),
            Case::Lowered => {
                let both = |lower: u8| bit(lower) | bit(lower.to_ascii_uppercase());
                let folded = (b'a'..=b'z')
                    .map(both)
                    .filter(|both| self.ascii & both != 0);
                let ascii = folded.fold(self.ascii, |members, both| members | both);
                Self { ascii, ..self }.settled()
            }
        }
    }

    /// Only for a class that went through [`Class::folded`].
    pub(super) fn contains(self, byte: u8) -> bool {
        if byte.is_ascii() {
            self.ascii & bit(byte) != 0
        } else {
            self.beyond
        }
    }

    /// The same class with negation worked in.
    fn settled(self) -> Self {
        if !self.negated {
            return self;
        }
        Self {
            ascii: !self.ascii,
            beyond: !self.beyond,
            negated: false,
        }
    }
}

fn bit(byte: u8) -> u128 {
    1_u128.checked_shl(byte.into()).unwrap_or(0)
}

/// Whether a byte is one of `\w`.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
