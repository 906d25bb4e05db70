alter type invitation_state add value 'superseded';
