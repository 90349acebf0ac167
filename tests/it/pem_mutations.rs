//! Random damage to PEM: the scanner refuses a spelling exactly where the documented client does.
