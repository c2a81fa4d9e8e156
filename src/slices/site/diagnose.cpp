#include "slices/site/diagnose.h"

namespace sallyport::site {

namespace {

State secure_state(const Seen& seen)
{
    if (seen.secure) return State::fine;
    return seen.must_be_secure ? State::problem : State::note;
}

Verdict verdict_of(const Seen& seen)
{
    if (!seen.service_answers) return Verdict::service_down;
    if (seen.must_be_secure && !seen.secure) return Verdict::not_secure;
    if (seen.cookies == false) return Verdict::cookies_blocked;
    if (seen.signed_in) return Verdict::signed_in;
    if (seen.limited_until) return Verdict::limited;
    return Verdict::nothing_found;
}

}  // namespace

Diagnosis diagnose(const Seen& seen)
{
    Diagnosis found{{}, verdict_of(seen)};
    const auto add = [&found](Check check, State state) { found.rows.push_back({check, state}); };
    add(Check::service, seen.service_answers ? State::fine : State::problem);
    add(Check::address, State::fine);  // another Host is refused before any page
    add(Check::secure, secure_state(seen));
    if (seen.cookies) add(Check::cookies, *seen.cookies ? State::fine : State::problem);
    if (seen.service_answers) add(Check::limit, seen.limited_until ? State::problem : State::fine);
    add(Check::browser, seen.tells_fetch_metadata ? State::fine : State::note);
    if (seen.through_relay) add(Check::relay, State::note);
    add(Check::clock, State::note);  // only the person can compare
    return found;
}

std::string cut_address(std::string_view address)
{
    const char mark = address.find(':') == std::string_view::npos ? '.' : ':';
    if (mark == '.') return std::string(address.substr(0, address.rfind('.') + 1)) + "x";
    std::size_t end = address.find(':');
    if (end == 0) return "::x";
    end = address.find(':', end + 1);
    return std::string(address.substr(0, end)) + "::x";
}

}  // namespace sallyport::site
