#pragma once
// What every page says of a code that was sent: until when it works, and from when there is another.
#include "policy/challenge.h"
#include "policy/phones.h"
#include "proof/world.h"

namespace sallyport::access {

/// `view` has sent, sent_at, until, dead and resend_at. The day's count of the address is not looked at:
/// where it is full, asking says so.
template <class View>
void show_sent_code(View& view, const policy::challenge::Challenge& challenge, const proof::World& world)
{
    view.sent = true;
    view.sent_at = challenge.sent_at;
    view.until = challenge.sent_at + world.codes.life;
    view.dead = policy::challenge::tries_left(challenge, world.codes) == 0;
    const auto next = policy::challenge::send_code(challenge, {}, world.clock.now(), world.codes);
    if (!next.send) view.resend_at = next.next_send_at;
}

/// `view` has call_only and may_call.
template <class View>
void show_reach(View& view, policy::phones::Reach reach)
{
    view.call_only = reach == policy::phones::Reach::call;
    view.may_call = reach == policy::phones::Reach::text_or_call;
}

}  // namespace sallyport::access
