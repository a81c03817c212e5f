// A page with nothing on it, for tests of what the browser itself does.

document.body.dataset['page'] = 'plain';
