#pragma once
// A25: the page that asks for a fresh proof, and the answer to a proof that was not right. One for all rooms.
//
//   GET  /account/reauth/{id}         show_step_up(access, request, who, id)
//   POST /account/…/confirm           outcome = prove(…); unless done: show_step_up(access, request, who, id,
//   outcome, "/account/…")
#include "access/step_up.h"

namespace sallyport::access {

/// Fields of the form that A25 posts to StepUpRequest::confirm_path.
inline constexpr std::string_view step_up_field = "step_up";
inline constexpr std::string_view proof_field = "proof";

/// `outcome` is never `done`. `start_path`: where a dead row leads (R2), a page of ours. Programs get problem
/// details: proof_wrong, proof_replayed (422), too_many_tries (429), busy (503), step_up_over (410).
Task<http::Response> show_step_up(const Access& access, http::Request request, SignedIn who, std::string id,
                                  std::optional<ProofOutcome> outcome = std::nullopt,
                                  std::string start_path = "/account");

}  // namespace sallyport::access
