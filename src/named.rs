//! Enumerations whose variants have names.
//!
//! Owns: that a variant and its name stand in one line, and that reports write the name. Does not own: any name.

/// An enumeration with `ALL` and `name`: what each variant is called in output, documents and messages. A method that is named after
/// the enumeration has more words for each, which are its documentation as well.
macro_rules! named {
    ($(#[$about:meta])* pub enum $name:ident { $($(#[$meaning:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$about])*
        pub enum $name {
            $($(#[$meaning])* $variant),+
        }

        // Not every list is gone through.
        const _: usize = $name::ALL.len();

        impl $name {
            /// All of them, in this order.
            pub const ALL: [Self; [$($text),+].len()] = [$(Self::$variant),+];

            /// What it is called.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text),+
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }

        #[cfg(test)]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({"enum": Self::ALL.map(Self::name)})
            }
        }
    };
    (
        $(#[$about:meta])* pub enum $name:ident,
        $(#[$use:meta])* $method:ident {
            $($(#[$meaning:meta])* $variant:ident = $text:literal => $words:literal),+ $(,)?
        }
    ) => {
        named! { $(#[$about])* pub enum $name { $(#[doc = $words] $(#[$meaning])* $variant = $text),+ } }

        impl $name {
            $(#[$use])*
            pub const fn $method(self) -> &'static str {
                match self {
                    $(Self::$variant => $words),+
                }
            }
        }
    };
}
