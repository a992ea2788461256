// What may be asked of the agent in which state. This table is the policy; the code only asks it.
#pragma once

#include <array>

#include "quietus/agent_link.hpp"

namespace quietus::agent {

enum class State {
  idle,      ///< no medium is open
  opened,    ///< a medium is claimed, facts with a nonce were given
  mandated,  ///< a mandate was checked, its nonce consumed
  lent,      ///< the eraser has a descriptor
  erasing,   ///< the drive is at work on a command of its own, or has been
};

struct PermittedRequest {
  State state;
  AgentRequest request;
};

inline constexpr std::array kPermittedRequests{
    PermittedRequest{State::idle, AgentRequest::list},
    PermittedRequest{State::idle, AgentRequest::open},
    PermittedRequest{State::idle, AgentRequest::release},
    PermittedRequest{State::opened, AgentRequest::list},
    PermittedRequest{State::opened, AgentRequest::mandate},
    PermittedRequest{State::opened, AgentRequest::release},
    PermittedRequest{State::mandated, AgentRequest::list},
    PermittedRequest{State::mandated, AgentRequest::lend},
    PermittedRequest{State::mandated, AgentRequest::erase},
    PermittedRequest{State::mandated, AgentRequest::release},
    PermittedRequest{State::lent, AgentRequest::list},
    PermittedRequest{State::lent, AgentRequest::sample},
    PermittedRequest{State::lent, AgentRequest::release},
    PermittedRequest{State::erasing, AgentRequest::list},
    PermittedRequest{State::erasing, AgentRequest::erase},
    PermittedRequest{State::erasing, AgentRequest::sample},
    PermittedRequest{State::erasing, AgentRequest::release},
};

constexpr bool permitted(State state, AgentRequest request) {
  for (const auto& row : kPermittedRequests) {
    if (row.state == state && row.request == request) return true;
  }
  return false;
}

static_assert(!permitted(State::idle, AgentRequest::lend) && !permitted(State::opened, AgentRequest::lend));
static_assert(!permitted(State::mandated, AgentRequest::sample));
static_assert(!permitted(State::opened, AgentRequest::erase) && !permitted(State::lent, AgentRequest::erase));
static_assert(!permitted(State::erasing, AgentRequest::lend));

}  // namespace quietus::agent
