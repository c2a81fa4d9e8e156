#include "policy/mail_checks.h"

namespace sallyport::policy::mail_checks {

namespace {

/// What the signature says where nothing was kept.
Verdict by_signature(Signature signature, Verdict without) noexcept
{
    switch (signature) {
    case Signature::none:
    case Signature::broken: return without;
    case Signature::body_differs: return Verdict::altered;
    case Signature::whole: break;
    }
    return Verdict::genuine;
}

}  // namespace

Compared compare(std::span<const Part> parts) noexcept
{
    bool same = false;
    bool unchecked = false;
    for (const Part part : parts) {
        switch (part) {
        case Part::unchecked: unchecked = true; break;
        case Part::same: same = true; break;
        case Part::differs:
        case Part::missing:
        case Part::added: return Compared::differs;
        }
    }
    if (!same) return Compared::nothing;
    return unchecked ? Compared::some : Compared::all;
}

Verdict judge(const Facts& facts, Instant now) noexcept
{
    if (facts.quoted) return facts.number_right ? Verdict::partly : Verdict::never_sent;
    if (!facts.number_right) {
        const bool counts = facts.signed_to_recipient && now < facts.signature_ends;
        return counts ? by_signature(facts.signature, Verdict::never_sent) : Verdict::never_sent;
    }
    switch (facts.compared) {
    case Compared::nothing: return by_signature(facts.signature, Verdict::partly);
    case Compared::some: return Verdict::partly;
    case Compared::all: return Verdict::genuine;
    case Compared::differs: break;
    }
    return Verdict::altered;
}

}  // namespace sallyport::policy::mail_checks
