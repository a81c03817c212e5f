// The beginning of the app. The look is decided before anything is shown, and who somebody is
// before anything is asked.

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { identity } from './shell/identity.ts';
import { followTheme } from './shell/theme.ts';
import { updates } from './shell/updates.ts';
import './theme.css';

followTheme();
void identity.start();
updates.start();

const root = document.querySelector('#root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
