// A page with one conversation on it: who reads, and which session, stands in the address.

import { showConversation } from '../../../support/conversation-page.ts';

showConversation(location.hash.slice(1));
