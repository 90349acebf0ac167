//! Enumerations whose variants have names.
//!
//! Owns: that a variant and its name stand in one line. Does not own: any name.

/// An enumeration with `name`: what each variant is called in output, documents and messages.
macro_rules! named {
    ($(#[$about:meta])* pub enum $name:ident { $($(#[$meaning:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$about])*
        pub enum $name {
            $($(#[$meaning])* $variant),+
        }

        impl $name {
            /// What it is called.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text),+
                }
            }
        }
    };
}
