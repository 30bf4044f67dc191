//! Texts that must never be shown: `Debug` redacts them, `.secret()` is the one way to read them.

/// Declares newtypes of secret texts.
macro_rules! secret {
    ($($(#[$meta:meta])* $name:ident)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Eq, PartialEq)]
        pub struct $name(String);

        impl $name {
            /// Takes the text; from here on it is a secret.
            pub fn new(text: String) -> Self {
                Self(text)
            }

            /// Returns the secret itself, to be sent where it belongs and nowhere else.
            pub fn secret(&self) -> &str {
                &self.0
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}

pub(crate) use secret;
