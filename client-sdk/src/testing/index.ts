/**
 * Fakes for an integrator's own tests: `@holdfast/client-sdk/testing`. Nothing of it belongs in a program that carries cases: the
 * messages of a fake network are neither sealed nor signed.
 */
export { FakeAgency } from './fake-agency.js';
export { type FakeAgencyOptions, type FakeNetwork, type FakeNetworkOptions, fakeNetwork } from './fake-network.js';
export { exampleCapability, exampleEntry } from './published-examples.js';
