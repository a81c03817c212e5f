// Where the search is, for whoever brings the focus there.

export const searchFieldId = 'search-everything';
