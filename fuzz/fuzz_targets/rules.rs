#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| authkit_gateway_fuzz::rules::target(data));
